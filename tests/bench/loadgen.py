#!/usr/bin/env python3
"""Bounded OTLP load for one machine: agent-like traces, prepared before the clock starts, sent over gRPC or HTTP.

    python loadgen.py --target localhost:4317 --key KEY --spans 200000 --batch 512 --clients 4
    python loadgen.py --target http://localhost:4318/v1/traces --key KEY --ledger acked.txt

Each trace is one user request: a root agent span, workers, model calls with gen_ai usage, tool calls, some errors; about 1.3 KB a
span, as real exporters send. A call that fails with a retryable answer is sent again, with the server's delay where it gives one
(gRPC RetryInfo, HTTP Retry-After); `--no-retry` counts it as refused. With --ledger, "trace_id span_id" (hex) of every span in every
ACKNOWLEDGED call is written, flushed call by call, so that a store can be compared with what it promised after it was killed.
Only loopback targets are accepted. Prints one JSON object. Needs grpcio and opentelemetry-proto alone.
"""

from __future__ import annotations

import argparse
import gzip
import http.client
import json
import queue
import random
import statistics
import threading
import time
import urllib.parse

import grpc
from opentelemetry.proto.collector.trace.v1 import trace_service_pb2 as svc
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue

LOOPBACK = {"localhost", "127.0.0.1", "[::1]", "::1"}
RETRYABLE_GRPC = {
    "CANCELLED",
    "DEADLINE_EXCEEDED",
    "ABORTED",
    "OUT_OF_RANGE",
    "UNAVAILABLE",
    "DATA_LOSS",
    "RESOURCE_EXHAUSTED",
}
RETRYABLE_HTTP = {429, 502, 503, 504}
MODELS = [
    "gpt-4o",
    "gpt-4o-mini",
    "claude-sonnet-4-5",
    "claude-haiku-4-5",
    "gemini-2.5-flash",
]
WORDS = "the train to lyon leaves at dawn and the agent asks for a seat by the window with a refund policy attached".split()


def attr(key: str, value: str | int | float | bool) -> KeyValue:
    if isinstance(value, bool):
        return KeyValue(key=key, value=AnyValue(bool_value=value))
    if isinstance(value, int):
        return KeyValue(key=key, value=AnyValue(int_value=value))
    if isinstance(value, float):
        return KeyValue(key=key, value=AnyValue(double_value=value))
    return KeyValue(key=key, value=AnyValue(string_value=value))


def text(rng: random.Random, n: int) -> str:
    return " ".join(rng.choices(WORDS, k=n))


def trace_spans(rng: random.Random, start_ns: int, width: int):
    """Spans of one trace, root first: (name, parent index, start, end, kind, attributes, failed)."""
    spans, t = [], start_ns
    spans.append(
        [
            "invoke_agent supervisor",
            None,
            t,
            t,
            1,
            {
                "gen_ai.operation.name": "invoke_agent",
                "gen_ai.agent.name": "supervisor",
                "gen_ai.conversation.id": f"conv-{rng.randrange(5000)}",
                "user.id": f"user-{rng.randrange(800)}",
            },
            False,
        ]
    )
    while len(spans) < width:
        worker = len(spans)
        spans.append(
            [
                f"invoke_agent worker-{worker % 3}",
                0,
                t,
                t,
                1,
                {
                    "gen_ai.operation.name": "invoke_agent",
                    "gen_ai.agent.name": f"worker-{worker % 3}",
                },
                False,
            ]
        )
        for _ in range(min(3, width - len(spans))):
            model, took = rng.choice(MODELS), rng.randrange(200_000_000, 3_000_000_000)
            failed = rng.random() < 0.02
            spans.append(
                [
                    f"chat {model}",
                    worker,
                    t,
                    t + took,
                    3,
                    {
                        "gen_ai.operation.name": "chat",
                        "gen_ai.provider.name": "openai",
                        "gen_ai.request.model": model,
                        "gen_ai.response.model": model,
                        "gen_ai.usage.input_tokens": rng.randrange(200, 8000),
                        "gen_ai.usage.output_tokens": rng.randrange(20, 900),
                        "gen_ai.response.id": f"chatcmpl-{rng.getrandbits(64):016x}",
                        "gen_ai.input.messages": json.dumps(
                            [
                                {
                                    "role": "user",
                                    "parts": [{"type": "text", "content": text(rng, 170)}],
                                }
                            ]
                        ),
                        "gen_ai.output.messages": json.dumps(
                            [
                                {
                                    "role": "assistant",
                                    "parts": [{"type": "text", "content": text(rng, 90)}],
                                }
                            ]
                        ),
                    },
                    failed,
                ]
            )
            t += took
            if len(spans) < width:
                took = rng.randrange(5_000_000, 700_000_000)
                spans.append(
                    [
                        "execute_tool search",
                        worker,
                        t,
                        t + took,
                        1,
                        {
                            "gen_ai.operation.name": "execute_tool",
                            "gen_ai.tool.name": "search",
                            "gen_ai.tool.call.id": f"call_{rng.getrandbits(40):010x}",
                            "gen_ai.tool.call.arguments": json.dumps({"query": text(rng, 12)}),
                            "gen_ai.tool.call.result": text(rng, 160),
                        },
                        False,
                    ]
                )
                t += took
        spans[worker][3] = t
    spans[0][3] = t
    return spans


def requests(total: int, batch: int, width: int, seed: int):
    """Serialised export requests of `batch` spans with the (trace_id, span_id) pairs of each."""
    rng, made, now = random.Random(seed), 0, time.time_ns()
    req = ids = scope = None

    def fresh():
        r = svc.ExportTraceServiceRequest()
        rs = r.resource_spans.add()
        rs.resource.attributes.extend(
            [
                attr("service.name", "bench-agent"),
                attr("deployment.environment.name", "bench"),
            ]
        )
        sc = rs.scope_spans.add()
        sc.scope.name, sc.scope.version = "bench", "1"
        return r, sc, []

    req, scope, ids = fresh()
    while made < total:
        trace_id = rng.getrandbits(128).to_bytes(16, "big")
        rows = trace_spans(rng, now - rng.randrange(3_600_000_000_000), min(width, total - made))
        span_ids = [rng.getrandbits(64).to_bytes(8, "big") for _ in rows]
        for span_id, (name, parent, start, end, kind, attrs, failed) in zip(span_ids, rows):
            s = scope.spans.add(
                trace_id=trace_id,
                span_id=span_id,
                name=name,
                kind=kind,
                start_time_unix_nano=start,
                end_time_unix_nano=end,
            )
            if parent is not None:
                s.parent_span_id = span_ids[parent]
            s.attributes.extend(attr(k, v) for k, v in attrs.items())
            if failed:
                s.status.code, s.status.message = 2, "rate limit"
                s.events.add(time_unix_nano=end, name="exception").attributes.extend(
                    [
                        attr("exception.type", "RateLimitError"),
                        attr("exception.message", "429 Too Many Requests"),
                    ]
                )
            ids.append((trace_id, span_id))
            made += 1
            if len(ids) == batch:
                yield req.SerializeToString(), ids
                req, scope, ids = fresh()
    if ids:
        yield req.SerializeToString(), ids


def retry_delay(err: grpc.RpcError) -> float | None:
    """Seconds the server asks for in google.rpc.RetryInfo (read without googleapis), if it does."""
    for key, value in err.trailing_metadata() or ():
        if key == "grpc-status-details-bin" and b"RetryInfo" in value:
            tail = value.split(b"RetryInfo", 1)[1]
            try:
                body = tail[2 : 2 + tail[1]]  # Any.value
                dur = body[2 : 2 + body[1]]  # RetryInfo.retry_delay
                seconds, i = 0.0, 0
                while i < len(dur):
                    tag, i, v, shift = dur[i], i + 1, 0, 0
                    while True:
                        b = dur[i]
                        i += 1
                        v |= (b & 127) << shift
                        shift += 7
                        if b < 128:
                            break
                    seconds += v if tag == 8 else v / 1e9
                return seconds
            except IndexError:
                return None
    return None


class Sender:
    """One client connection. send() gives (outcome, rejected spans, seconds to wait or None)."""

    def __init__(self, target: str, key: str | None, compress: bool, extra: list[str] = ()):
        self.http, self.compress = target.startswith("http"), compress
        self.headers = ([("authorization", f"Bearer {key}")] if key else []) + [
            tuple(h.split("=", 1)) for h in extra
        ]
        if self.http:
            u = urllib.parse.urlsplit(target)
            if u.hostname not in LOOPBACK:
                raise SystemExit("only loopback targets")
            self.u, self.conn = (
                u,
                http.client.HTTPConnection(u.hostname, u.port, timeout=60),
            )
        else:
            if target.rsplit(":", 1)[0] not in LOOPBACK:
                raise SystemExit("only loopback targets")
            self.ch = grpc.insecure_channel(
                target,
                options=[
                    ("grpc.max_send_message_length", -1),
                    ("grpc.use_local_subchannel_pool", 1),
                ],
            )
            self.call = self.ch.unary_unary(
                "/opentelemetry.proto.collector.trace.v1.TraceService/Export",
                request_serializer=None,
                response_deserializer=svc.ExportTraceServiceResponse.FromString,
            )

    def send(self, body: bytes):
        if not self.http:
            try:
                r = self.call(
                    body,
                    timeout=60,
                    metadata=self.headers,
                    compression=grpc.Compression.Gzip if self.compress else None,
                )
                return "ok", r.partial_success.rejected_spans, None
            except grpc.RpcError as e:
                return e.code().name, 0, retry_delay(e)
        try:
            h = {"content-type": "application/x-protobuf", **dict(self.headers)}
            if self.compress:
                body, h["content-encoding"] = gzip.compress(body, 1), "gzip"
            self.conn.request("POST", self.u.path or "/v1/traces", body, h)
            resp = self.conn.getresponse()
            data = resp.read()
            if resp.status == 200:
                r = svc.ExportTraceServiceResponse()
                r.ParseFromString(data)
                return "ok", r.partial_success.rejected_spans, None
            after = resp.getheader("retry-after")
            return str(resp.status), 0, float(after) if after else None
        except (OSError, http.client.HTTPException) as e:
            self.conn.close()
            self.conn = http.client.HTTPConnection(self.u.hostname, self.u.port, timeout=60)
            return f"UNAVAILABLE:{type(e).__name__}", 0, None


def main() -> None:
    ap = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    ap.add_argument("--target", required=True)
    ap.add_argument("--key")
    ap.add_argument("--spans", type=int, default=100_000)
    ap.add_argument("--batch", type=int, default=512)
    ap.add_argument("--trace-width", type=int, default=24)
    ap.add_argument("--clients", type=int, default=4)
    ap.add_argument("--seed", type=int, default=1)
    ap.add_argument("--seconds", type=float, default=240, help="stop sending after this long")
    ap.add_argument("--header", action="append", default=[], help="name=value")
    ap.add_argument("--gzip", action="store_true")
    ap.add_argument("--no-retry", action="store_true")
    ap.add_argument("--ledger")
    a = ap.parse_args()
    if a.spans > 5_000_000:
        raise SystemExit("at most 5,000,000 spans")
    todo: queue.SimpleQueue = queue.SimpleQueue()
    size = n_req = 0
    for body, ids in requests(a.spans, a.batch, a.trace_width, a.seed):
        todo.put((body, ids))
        size += len(body)
        n_req += 1
    ledger = open(a.ledger, "w") if a.ledger else None
    lock, acked, rejected, refused, lat, codes = threading.Lock(), [0], [0], [0], [], {}
    stop_at = time.monotonic() + a.seconds

    def client() -> None:
        s = Sender(a.target, a.key, a.gzip, a.header)
        while time.monotonic() < stop_at:
            try:
                body, ids = todo.get_nowait()
            except queue.Empty:
                return
            for attempt in range(60):
                t0 = time.perf_counter()
                outcome, rej, delay = s.send(body)
                took = time.perf_counter() - t0
                with lock:
                    codes[outcome] = codes.get(outcome, 0) + 1
                    if outcome == "ok":
                        lat.append(took)
                        acked[0] += len(ids) - rej
                        rejected[0] += rej
                        if ledger and not rej:
                            ledger.write("".join(f"{t.hex()} {x.hex()}\n" for t, x in ids))
                            ledger.flush()
                code = outcome.split(":")[0]
                retryable = code in RETRYABLE_GRPC or (code.isdigit() and int(code) in RETRYABLE_HTTP)
                if outcome == "ok":
                    break
                if a.no_retry or not retryable or time.monotonic() > stop_at:
                    with lock:
                        refused[0] += len(ids)
                    break
                time.sleep(
                    min(delay if delay is not None else 0.2 * 2 ** min(attempt, 4), 5)
                    * (0.8 + 0.4 * random.random())
                )

    t0 = time.perf_counter()
    threads = [threading.Thread(target=client) for _ in range(a.clients)]
    [t.start() for t in threads]
    [t.join() for t in threads]
    took = time.perf_counter() - t0
    lat.sort()
    print(
        json.dumps(
            {
                "spans": a.spans,
                "requests": n_req,
                "bytes_per_span": round(size / a.spans),
                "seconds": round(took, 3),
                "acked": acked[0],
                "rejected": rejected[0],
                "refused": refused[0],
                "acked_per_s": round(acked[0] / took),
                "ms_p50": round(statistics.median(lat) * 1e3, 1) if lat else None,
                "ms_p99": round(lat[int(len(lat) * 0.99)] * 1e3, 1) if lat else None,
                "answers": codes,
            }
        )
    )


if __name__ == "__main__":
    main()
