"""What a model's name may mean: its readings, the most specific first, each with the rule that made it."""

import pytest

from traces.domain.model_names import AS_IT_IS, model_readings


def read(provider, model):
    return [tuple(reading) for reading in model_readings(provider, model)]


AT = "Vertex's @ version"
UNDATED = "the name without its date"


def test_a_plain_name_has_one_reading() -> None:
    assert read("openai", "gpt-4o") == [("openai", "gpt-4o", AS_IT_IS)]
    assert read(None, "gpt-4o") == [(None, "gpt-4o", AS_IT_IS)]
    assert read("azure.ai.openai", "Our-Deployment") == [("azure.ai.openai", "Our-Deployment", AS_IT_IS)]


def test_no_name_has_no_reading() -> None:
    assert read("openai", "") == []
    assert read(None, " ") == []


def test_blanks_around_a_name_mean_nothing() -> None:
    assert read("openai", " gpt-4o\n") == [("openai", "gpt-4o", AS_IT_IS)]


@pytest.mark.parametrize(
    ("model", "bare"),
    [
        ("gpt-4o-2024-08-06", "gpt-4o"),
        ("gpt-4-0613", "gpt-4"),
        ("claude-3-5-haiku-20241022", "claude-3-5-haiku"),
    ],
)
def test_a_date_at_the_end_is_a_version(model, bare) -> None:
    assert read("openai", model) == [("openai", model, AS_IT_IS), ("openai", bare, UNDATED)]


@pytest.mark.parametrize(
    "model", ["gpt-4o-1", "gpt-4o-20249999", "gpt-4o-2024-08-06-x", "o3", "llama3:8b", "gemini-1.5-pro-002"]
)
def test_other_digits_are_no_date(model) -> None:
    assert read("openai", model) == [("openai", model, AS_IT_IS)]


def test_latest_is_no_part_of_a_name() -> None:
    assert read("anthropic", "claude-3-5-sonnet-latest") == [
        ("anthropic", "claude-3-5-sonnet-latest", AS_IT_IS),
        ("anthropic", "claude-3-5-sonnet", "the name without -latest"),
    ]


def test_vertex_writes_a_version_behind_an_at_sign() -> None:
    assert read("gcp.vertex_ai", "claude-sonnet-4-5@20250929") == [
        ("gcp.vertex_ai", "claude-sonnet-4-5@20250929", AS_IT_IS),
        ("gcp.vertex_ai", "claude-sonnet-4-5-20250929", AT),
        ("gcp.vertex_ai", "claude-sonnet-4-5", UNDATED),
    ]


def test_a_resource_of_google_names_its_model_last() -> None:
    resource = "projects/p/locations/us/publishers/anthropic/models/claude-sonnet-4-5@20250929"
    rule = "the model in the resource's name"

    assert read("gcp.vertex_ai", resource)[:4] == [
        ("gcp.vertex_ai", resource, AS_IT_IS),
        ("gcp.vertex_ai", "claude-sonnet-4-5@20250929", rule),
        ("gcp.vertex_ai", "claude-sonnet-4-5-20250929", AT),
        ("gcp.vertex_ai", "claude-sonnet-4-5", UNDATED),
    ]
    assert read(None, "models/gemini-2.5-flash") == [
        (None, "models/gemini-2.5-flash", AS_IT_IS),
        (None, "gemini-2.5-flash", rule),
    ]


@pytest.mark.parametrize("kind", ["inference-profile", "foundation-model"])
@pytest.mark.parametrize("partition", ["aws", "aws-us-gov", "aws-cn"])
def test_an_arn_of_bedrock_names_its_model_last(partition, kind) -> None:
    model = "us.anthropic.claude-haiku-4-5-20251001-v1:0"
    arn = f"arn:{partition}:bedrock:us-east-1:123456789012:{kind}/{model}"
    expected = ("aws.bedrock", model, "the model in Bedrock's ARN")

    assert read("aws.bedrock", arn) == [("aws.bedrock", arn, AS_IT_IS), expected]
    assert read("my-gateway", arn) == [("my-gateway", arn, AS_IT_IS), expected]


def test_an_arn_of_another_service_is_a_name_like_others() -> None:
    arn = "arn:aws:sagemaker:us-east-1:123456789012:endpoint/ours"

    assert read("aws.bedrock", arn) == [("aws.bedrock", arn, AS_IT_IS)]


def test_a_fine_tune_is_read_as_its_base_too() -> None:
    model = "ft:gpt-4o-2024-08-06:acme::abc"

    assert read("openai", model) == [
        ("openai", model, AS_IT_IS),
        ("openai", "gpt-4o-2024-08-06", "the model that was fine-tuned"),
        ("openai", "gpt-4o", UNDATED),
    ]


def test_the_seller_in_front_goes_first_where_no_span_names_one() -> None:
    assert read(None, "azure/gpt-4o-mini") == [
        ("azure.ai.openai", "gpt-4o-mini", "what follows “azure/”"),
        (None, "gpt-4o-mini", "what follows the last “/”"),
        (None, "azure/gpt-4o-mini", AS_IT_IS),
    ]


def test_the_name_goes_first_where_a_span_names_the_seller() -> None:
    assert read("azure.ai.openai", "openai/gpt-4o") == [
        ("azure.ai.openai", "openai/gpt-4o", AS_IT_IS),
        ("openai", "gpt-4o", "what follows “openai/”"),
        ("azure.ai.openai", "gpt-4o", "what follows the last “/”"),
        (None, "gpt-4o", "what follows the last “/”, whoever sells it"),
    ]


def test_several_sellers_in_front_are_read_one_by_one() -> None:
    assert read(None, "openrouter/openai/gpt-4o-2024-08-06") == [
        ("openrouter", "openai/gpt-4o-2024-08-06", "what follows “openrouter/”"),
        ("openai", "gpt-4o-2024-08-06", "what follows “openai/”"),
        ("openai", "gpt-4o", UNDATED),
        (None, "gpt-4o-2024-08-06", "what follows the last “/”"),
        (None, "gpt-4o", UNDATED),
        (None, "openrouter/openai/gpt-4o-2024-08-06", AS_IT_IS),
        (None, "openrouter/openai/gpt-4o", UNDATED),
    ]


@pytest.mark.parametrize(
    ("provider", "model"),
    [
        ("openai", "openai/gpt-4o-2024-08-06"),
        (None, "openai/GPT-4o-latest"),
        ("gcp.vertex_ai", "models/x@20250929"),
    ],
)
def test_each_reading_is_told_once(provider, model) -> None:
    told = [(reading.provider, reading.model.lower()) for reading in model_readings(provider, model)]

    assert len(told) == len(set(told)) > 1


@pytest.mark.parametrize(
    "model", ["/", "//", "a/", "/a", "@", "ft:", "ft::", "arn:aws:bedrock:", "models/", "-latest"]
)
def test_a_broken_name_has_no_empty_reading(model) -> None:
    assert all(reading.model for reading in model_readings("openai", model))
    assert all(reading.model for reading in model_readings(None, model))
