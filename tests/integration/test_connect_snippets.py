"""The SDK snippets of docs/connect.md do what they promise, word for word."""

import os
import re
import subprocess
import sys

import pytest

from tests.integration.processes import ROOT
from traces.models import Span

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("span_tables")]

SNIPPETS = re.findall(r"```python\n(.*?)```", (ROOT / "docs/connect.md").read_text(), re.DOTALL)


def run_snippet(exporter, tmp_path, **environment):
    """Run the snippet that imports this exporter, as a program of its own."""
    (source,) = [snippet for snippet in SNIPPETS if exporter in snippet]
    program = tmp_path / "agent.py"
    program.write_text(source)
    result = subprocess.run(
        [sys.executable, str(program)],
        env={
            **{name: value for name, value in os.environ.items() if not name.startswith("OTEL_")},
            **environment,
        },
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (result.returncode, result.stderr) == (0, "")


def test_the_grpc_snippet_sends_an_agent_with_a_model_call(receiver, api_key, tmp_path):
    run_snippet(
        "otlp.proto.grpc",
        tmp_path,
        OTEL_EXPORTER_OTLP_ENDPOINT=f"http://127.0.0.1:{receiver.grpc_port}",
        OTEL_EXPORTER_OTLP_PROTOCOL="grpc",
        OTEL_EXPORTER_OTLP_HEADERS=f"x-api-key={api_key}",
        OTEL_SERVICE_NAME="support-desk",
        OTEL_RESOURCE_ATTRIBUTES="service.version=2.14.0,deployment.environment.name=production",
    )
    agent, call = Span.objects.order_by("start_ns")
    assert (agent.kind, agent.agent) == ("agent", "planner")
    assert (call.kind, call.request_model, call.input_tokens, call.output_tokens) == (
        "llm",
        "gpt-4o",
        1200,
        180,
    )
    assert (agent.service, agent.release, agent.environment) == ("support-desk", "2.14.0", "production")


@pytest.mark.parametrize("header", ["x-api-key={}", "authorization=Bearer%20{}", "authorization=Bearer {}"])
def test_the_http_snippet_sends_an_agent(receiver, api_key, tmp_path, header):
    run_snippet(
        "otlp.proto.http",
        tmp_path,
        OTEL_EXPORTER_OTLP_ENDPOINT=receiver.url,
        OTEL_EXPORTER_OTLP_PROTOCOL="http/protobuf",
        OTEL_EXPORTER_OTLP_HEADERS=header.format(api_key),
    )
    assert Span.objects.get().agent == "writer"
