"""Whether a failed call was billed."""

import pytest

from traces.domain.failures import Billing, billing_of_failure


@pytest.mark.parametrize(
    ("error", "billing"),
    [
        ({"http_status": 429}, Billing.UNBILLED),
        (
            {"http_status": 400, "message": "prompt is too long: 200001 tokens > 200000 maximum"},
            Billing.UNBILLED,
        ),
        ({"http_status": 529}, Billing.UNBILLED),
        (
            {"message": "Error code: 500 - {'error': {'message': 'The server had an error'}}"},
            Billing.UNBILLED,
        ),
        (
            {
                "error_type": "AI_APICallError",
                "message": "The server had an error while processing your request",
            },
            Billing.UNBILLED,
        ),
        ({"message": "Your credit balance is too low to access the API"}, Billing.UNBILLED),
        ({"message": "Cannot connect to API"}, Billing.UNBILLED),
        ({"message": "ModelUnavailableError: status_code: 503, model_name: o3-mini"}, Billing.UNBILLED),
        ({"message": "rate_limit_exceeded (as asked)"}, Billing.UNBILLED),
        ({"error_type": "RateLimitError"}, Billing.UNBILLED),
        ({"error_type": "anthropic.BadRequestError"}, Billing.UNBILLED),
        ({"error_type": "ThrottlingException"}, Billing.UNBILLED),
        ({"error_type": "openai.APIConnectionError", "message": "Connection refused"}, Billing.UNBILLED),
        ({"error_type": "httpx.RemoteProtocolError", "message": "peer closed connection"}, Billing.BILLED),
        ({"http_status": 200, "error_type": "IncompleteRead"}, Billing.BILLED),
        ({"error_type": "GeneratorExit"}, Billing.BILLED),
        ({"error_type": "APITimeoutError", "message": "Request timed out."}, Billing.UNKNOWN),
        ({"error_type": "CancelledError"}, Billing.UNKNOWN),
        ({"http_status": 408}, Billing.UNKNOWN),
        ({"error_type": "ValueError", "message": "no JSON in the answer"}, Billing.UNKNOWN),
        ({}, Billing.UNKNOWN),
    ],
    ids=str,
)
def test_the_evidence_decides(error, billing):
    assert (
        billing_of_failure(**{"http_status": None, "error_type": None, "message": None, **error}) is billing
    )
