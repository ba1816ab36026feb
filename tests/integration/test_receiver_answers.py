"""What the receiver answers through gRPC and HTTP, with a real process on a real database."""

import gzip
import http.client

import httpx
import orjson
import pytest
from google.rpc import code_pb2
from google.rpc.error_details_pb2 import BadRequest
from google.rpc.status_pb2 import Status
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceResponse

from core import clock
from ingest.domain.limits import BODY_BYTES
from ingest.domain.otlp_json import message_json
from projects.models import ApiKey
from projects.services import api_key_create, api_key_revoke
from tests.integration.receiver_process import EXPORT_METHOD, JSON, PROTOBUF
from tests.otlp_requests import make_request, make_span
from traces.models import Mark, Span

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("span_tables")]

PLACE = "resourceSpans[0].scopeSpans[0].spans[1]: traceId has 3 bytes, not 16"


def stored_names(project):
    return sorted(Span.objects.filter(project_id=project.pk).values_list("name", flat=True))


@pytest.fixture
def body():
    return make_request(make_span(name="a"), make_span(name="b")).SerializeToString()


@pytest.fixture
def mixed():
    """A good span, a bad one, a good one."""
    return make_request(make_span(name="a"), make_span(trace_id=b"abc"), make_span(name="c"))


# --- Success ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("compress", [False, True], ids=["plain", "gzip"])
def test_spans_are_stored_when_grpc_answers(receiver, project, api_key, body, compress):
    answer = receiver.export_grpc(body, key=api_key, compress=compress)
    assert answer.code == "OK"
    assert answer.response == ExportTraceServiceResponse()
    assert stored_names(project) == ["a", "b"]
    assert Mark.objects.count() == 2


@pytest.mark.parametrize("compress", [False, True], ids=["plain", "gzip"])
def test_spans_are_stored_when_http_answers_in_protobuf(receiver, project, api_key, body, compress):
    answer = receiver.export_http(body, key=api_key, compress=compress)
    assert (answer.status_code, answer.headers["content-type"]) == (200, PROTOBUF)
    assert ExportTraceServiceResponse.FromString(answer.content) == ExportTraceServiceResponse()
    assert stored_names(project) == ["a", "b"]


@pytest.mark.parametrize("compress", [False, True], ids=["plain", "gzip"])
def test_spans_are_stored_when_http_answers_in_json(receiver, project, api_key, compress):
    body = orjson.dumps(message_json(make_request(make_span(name="a"))))
    answer = receiver.export_http(
        body, key=api_key, content_type="application/json; charset=utf-8", compress=compress
    )
    assert (answer.status_code, answer.headers["content-type"]) == (200, JSON)
    assert answer.json() == {}
    assert stored_names(project) == ["a"]


def test_the_same_request_again_is_a_success_that_changes_nothing(receiver, project, api_key, body):
    for _ in range(2):
        assert receiver.export_grpc(body, key=api_key).code == "OK"
        assert receiver.export_http(body, key=api_key).status_code == 200
    assert stored_names(project) == ["a", "b"]


def test_an_empty_request_is_a_success(receiver, api_key):
    assert receiver.export_grpc(b"", key=api_key).code == "OK"
    assert receiver.export_http(b"", key=api_key).status_code == 200


def test_a_large_request_is_taken_whole(receiver, project, api_key):
    spans = [make_span(name=f"{number:04}", attributes={"k": "v" * 3000}) for number in range(3000)]
    assert receiver.export_grpc(make_request(*spans).SerializeToString(), key=api_key).code == "OK"
    assert Span.objects.filter(project_id=project.pk).count() == 3000


def test_a_key_reaches_its_own_project_only(receiver, project, other_project, other_api_key, body):
    assert receiver.export_grpc(body, key=other_api_key).code == "OK"
    assert stored_names(project) == []
    assert stored_names(other_project) == ["a", "b"]


# --- Partial success --------------------------------------------------------------------------------


def test_grpc_names_the_rejected_and_keeps_the_good(receiver, project, api_key, mixed):
    answer = receiver.export_grpc(mixed.SerializeToString(), key=api_key)
    assert answer.code == "OK"
    assert answer.response.partial_success.rejected_spans == 1
    assert answer.response.partial_success.error_message == f"1 span rejected: {PLACE}"
    assert stored_names(project) == ["a", "c"]


def test_http_names_the_rejected_and_keeps_the_good(receiver, project, api_key, mixed):
    answer = receiver.export_http(mixed.SerializeToString(), key=api_key)
    assert answer.status_code == 200
    response = ExportTraceServiceResponse.FromString(answer.content)
    assert response.partial_success.rejected_spans == 1
    assert response.partial_success.error_message == f"1 span rejected: {PLACE}"
    assert stored_names(project) == ["a", "c"]


def test_json_names_the_rejected_and_keeps_the_good(receiver, project, api_key, mixed):
    answer = receiver.export_http(orjson.dumps(message_json(mixed)), key=api_key, content_type=JSON)
    assert answer.json() == {
        "partialSuccess": {"rejectedSpans": "1", "errorMessage": f"1 span rejected: {PLACE}"}
    }
    assert stored_names(project) == ["a", "c"]


# --- Keys -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", [None, "ls_unknown"])
def test_without_a_valid_key_nothing_is_taken(receiver, project, body, key):
    through_grpc = receiver.export_grpc(body, key=key)
    assert through_grpc.code == "UNAUTHENTICATED"
    assert "API key" in through_grpc.words
    through_http = receiver.export_http(body, key=key)
    assert through_http.status_code == 401
    assert through_http.headers["www-authenticate"].startswith("Bearer")
    assert Status.FromString(through_http.content).message == through_grpc.words
    assert Span.objects.count() == 0


def test_the_key_is_checked_before_the_body_is_read(receiver):
    assert receiver.export_grpc(b"not protobuf", key="ls_unknown").code == "UNAUTHENTICATED"
    assert receiver.export_http(b"not protobuf", key="ls_unknown").status_code == 401


def test_a_key_without_the_scope_is_told_so(receiver, project, body):
    _, key = api_key_create(project=project, name="Reader", scopes=frozenset({"read"}))
    through_grpc = receiver.export_grpc(body, key=key)
    assert (through_grpc.code, through_grpc.words) == (
        "PERMISSION_DENIED",
        "This API key has no scope “ingest”.",
    )
    through_http = receiver.export_http(b"{}", key=key, content_type=JSON)
    assert through_http.status_code == 403
    assert through_http.json() == {"code": 7, "message": "This API key has no scope “ingest”."}


def test_a_revoked_key_is_no_key(receiver, project, api_key, body):
    api_key_revoke(key=ApiKey.objects.get(project=project), at=clock.now())
    assert receiver.export_grpc(body, key=api_key).code == "UNAUTHENTICATED"


def test_the_other_header_carries_a_key_too(receiver, project, api_key, body):
    assert receiver.export_http(body, key=None, x_api_key=api_key).status_code == 200
    assert receiver.call_grpc(EXPORT_METHOD, body, headers=(("x-api-key", api_key),)).code == "OK"
    assert stored_names(project) == ["a", "b"]


# --- Bad requests -----------------------------------------------------------------------------------


def test_bytes_that_are_no_request_are_refused_in_words(receiver, api_key):
    through_grpc = receiver.export_grpc(b"hello", key=api_key)
    assert through_grpc.code == "INVALID_ARGUMENT"
    assert "not an ExportTraceServiceRequest in protobuf" in through_grpc.words
    assert through_grpc.retry_after_s is None
    through_http = receiver.export_http(b"hello", key=api_key)
    assert through_http.status_code == 400
    assert Status.FromString(through_http.content).message == through_grpc.words
    as_json = receiver.export_http(b"{", key=api_key, content_type=JSON)
    assert as_json.status_code == 400
    assert "not JSON" in as_json.json()["message"]


def bad_requests(status):
    """The (field, description) pairs of google.rpc.BadRequest in a Status."""
    details = BadRequest()
    assert status.details[0].Unpack(details)
    return [(violation.field, violation.description) for violation in details.field_violations]


def test_what_is_wrong_with_a_request_stands_in_its_details_too(receiver, api_key):
    through_http = Status.FromString(receiver.export_http(b"hello", key=api_key).content)
    assert through_http.code == code_pb2.INVALID_ARGUMENT
    assert bad_requests(through_http) == [("", through_http.message)]
    assert receiver.export_grpc(b"hello", key=api_key).status == through_http


def test_details_in_json_name_the_place(receiver, api_key):
    body = b'{"resourceSpans": [{}, {"scopeSpans": [{"spans": {}}]}]}'
    answer = receiver.export_http(body, key=api_key, content_type=JSON)
    assert answer.status_code == 400
    (detail,) = answer.json()["details"]
    assert detail["@type"] == "type.googleapis.com/google.rpc.BadRequest"
    (violation,) = detail["fieldViolations"]
    assert violation["field"] == "resourceSpans[1].scopeSpans[0].spans"
    assert violation["description"].endswith(f"{violation['field']}: an array is expected.")


@pytest.mark.parametrize("content_type", ["text/plain", "application/grpc", ""])
def test_other_content_types_are_refused_in_words(receiver, api_key, content_type):
    answer = receiver.export_http(b"x", key=api_key, content_type=content_type)
    assert answer.status_code == 415
    assert "application/x-protobuf and application/json" in answer.json()["message"]


def test_other_encodings_are_refused_in_words(receiver, api_key):
    answer = receiver.export_http(b"x", key=api_key, content_encoding="br")
    assert answer.status_code == 415
    assert "gzip" in Status.FromString(answer.content).message


@pytest.mark.parametrize("body", [b"plain", gzip.compress(b"x" * 50)[:-4]])
def test_broken_gzip_is_refused_in_words(receiver, api_key, body):
    answer = receiver.export_http(body, key=api_key, content_encoding="gzip")
    assert answer.status_code == 400
    assert "gzip" in Status.FromString(answer.content).message


def test_a_body_beyond_the_limit_is_refused(receiver, api_key):
    too_long = bytes(BODY_BYTES + 1)
    assert receiver.export_http(too_long, key=api_key, compress=True).status_code == 413
    assert receiver.export_grpc(too_long, key=api_key).code == "RESOURCE_EXHAUSTED"
    assert receiver.export_grpc(too_long, key=api_key, compress=True).code == "RESOURCE_EXHAUSTED"
    connection = http.client.HTTPConnection("127.0.0.1", receiver.http_port)
    headers = {"content-type": PROTOBUF, "authorization": f"Bearer {api_key}"}
    connection.request("POST", "/v1/traces", headers={**headers, "content-length": str(BODY_BYTES + 1)})
    announced = connection.getresponse()
    assert announced.status == 413
    assert Status.FromString(announced.read()).code == code_pb2.RESOURCE_EXHAUSTED
    connection.close()


def test_other_paths_and_methods_are_refused(receiver, api_key):
    client = http.client.HTTPConnection("127.0.0.1", receiver.http_port)
    for method, path, status, code in (
        ("POST", "/v1/metrics", 404, code_pb2.NOT_FOUND),
        ("POST", "/v1/traces/", 404, code_pb2.NOT_FOUND),
        ("GET", "/", 404, code_pb2.NOT_FOUND),
        ("GET", "/v1/traces", 405, code_pb2.UNIMPLEMENTED),
        ("OPTIONS", "/v1/traces", 405, code_pb2.UNIMPLEMENTED),
        ("POST", "/healthz", 404, code_pb2.NOT_FOUND),
    ):
        client.request(method, path)
        answer = client.getresponse()
        body = orjson.loads(answer.read())
        assert (answer.status, body["code"]) == (status, code)
        assert body["message"].endswith(".")
        assert answer.headers["allow"] == ("POST" if status == 405 else None)
    client.close()


def test_it_says_that_it_lives_without_a_key(receiver):
    answer = httpx.get(f"{receiver.url}/healthz")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


def test_other_grpc_services_are_unimplemented_in_words(receiver, api_key):
    answer = receiver.call_grpc(
        "/opentelemetry.proto.collector.metrics.v1.MetricsService/Export",
        b"",
        headers=(("authorization", f"Bearer {api_key}"),),
    )
    assert answer.code == "UNIMPLEMENTED"
    assert "traces only" in answer.words


def test_refused_requests_are_logged(receiver, project, api_key):
    receiver.export_grpc(make_request(make_span(span_id=b"odd")).SerializeToString(), key=api_key)
    assert (
        f"project {project.pk}: 1 span rejected: resourceSpans[0].scopeSpans[0].spans[0]: spanId has 3"
        in (receiver.log())
    )
