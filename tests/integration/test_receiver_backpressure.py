"""A receiver whose database is slow: bounded, and honest about it, over both transports."""

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from types import SimpleNamespace

import grpc.aio
import orjson
import pytest
from google.rpc.error_details_pb2 import RetryInfo
from google.rpc.status_pb2 import Status

from ingest.domain.otlp_json import message_json
from ingest.receiver import export as export_module
from ingest.receiver import group_commit as group_commit_module
from ingest.receiver.export import TraceExport
from ingest.receiver.grants import GrantCache
from ingest.receiver.group_commit import GroupCommit
from ingest.receiver.grpc_server import EXPORT_METHOD, make_grpc_server
from ingest.receiver.http_app import HttpApp
from projects.selectors import KeyGrant
from tests.event_loop import run_coroutine
from tests.otlp_requests import make_request, make_span

GRANT = KeyGrant(key_id=1, project_id=7, scopes=frozenset({"ingest"}))
REQUEST = make_request(make_span(), make_span())
BODY = REQUEST.SerializeToString()
JSON_BODY = orjson.dumps(message_json(REQUEST))
HEADERS = (("authorization", "Bearer key"),)


class SlowStore:
    """Stores nothing until it is let."""

    def __init__(self):
        self.may_go_on = threading.Event()
        self.is_busy = threading.Event()

    def __call__(self, batches):
        self.is_busy.set()
        self.may_go_on.wait(20)


def with_busy_receiver(scenario):
    """Run `scenario(call_grpc, call_http)` while one call is being committed, then let that one end well."""
    store = SlowStore()

    async def main():
        with ThreadPoolExecutor(1) as writer, ThreadPoolExecutor(1) as others:
            group_commit = GroupCommit(store, executor=writer)
            export = TraceExport(
                grants=GrantCache(lambda key: GRANT, executor=others),
                group_commit=group_commit,
                decoders=others,
            )
            server = make_grpc_server(export)
            port = server.add_insecure_port("127.0.0.1:0")
            await server.start()
            committing = asyncio.create_task(group_commit.run())
            async with grpc.aio.insecure_channel(f"127.0.0.1:{port}") as channel:
                call_grpc = channel.unary_unary(EXPORT_METHOD)
                first = asyncio.ensure_future(call_grpc(BODY, metadata=HEADERS, timeout=20))
                await asyncio.to_thread(store.is_busy.wait, 10)
                try:
                    await scenario(call_grpc, partial(post, HttpApp(export)))
                finally:
                    store.may_go_on.set()
                assert await first == b""
            await server.stop(None)
            group_commit.stop()
            await committing

    run_coroutine(main())


async def post(app, *, content_type=b"application/x-protobuf"):
    """POST the spans to an ASGI application; status, headers and body of the answer."""
    sent = []
    body = BODY if content_type == b"application/x-protobuf" else JSON_BODY

    async def receive():
        return {"type": "http.request", "body": body}

    async def send(event):
        sent.append(event)

    headers = [(b"content-type", content_type), (b"authorization", b"Bearer key")]
    await app({"type": "http", "method": "POST", "path": "/v1/traces", "headers": headers}, receive, send)
    return SimpleNamespace(status=sent[0]["status"], headers=dict(sent[0]["headers"]), body=sent[1]["body"])


async def expect_try_again(call_grpc, call_http, words):
    with pytest.raises(grpc.aio.AioRpcError) as refused:
        await call_grpc(BODY, metadata=HEADERS, timeout=20)
    assert refused.value.code() == grpc.StatusCode.UNAVAILABLE
    assert words in refused.value.details()
    details = Status.FromString(dict(refused.value.trailing_metadata())["grpc-status-details-bin"])
    info = RetryInfo()
    assert details.details[0].Unpack(info)
    assert info.retry_delay.seconds == 1

    answer = await call_http()
    assert (answer.status, answer.headers[b"retry-after"]) == (503, b"1")
    assert Status.FromString(answer.body) == details

    in_json = await call_http(content_type=b"application/json")
    assert (in_json.status, in_json.headers[b"content-type"]) == (503, b"application/json")
    assert orjson.loads(in_json.body) == {
        "code": 14,
        "message": details.message,
        "details": [{"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "1s"}],
    }


def test_a_full_queue_is_a_retryable_answer(monkeypatch):
    monkeypatch.setattr(group_commit_module, "QUEUED_SPANS", 3)
    with_busy_receiver(lambda grpc_, http: expect_try_again(grpc_, http, "queue of spans"))


def test_more_open_bodies_than_fit_are_a_retryable_answer(monkeypatch):
    monkeypatch.setattr(export_module, "OPEN_BYTES", len(BODY) + 1)
    with_busy_receiver(lambda grpc_, http: expect_try_again(grpc_, http, "busy"))


def test_a_commit_that_takes_too_long_is_a_retryable_answer(monkeypatch):
    async def scenario(call_grpc, call_http):
        monkeypatch.setattr(group_commit_module, "COMMIT_WAIT_S", 0.05)
        await expect_try_again(call_grpc, call_http, "does not take spans")

    with_busy_receiver(scenario)
