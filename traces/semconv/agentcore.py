"""Amazon Bedrock and AgentCore: `aws.*` of the AWS distribution of OpenTelemetry beside `gen_ai.*`."""

from traces.semconv.convention import Convention

CONVENTION = Convention(
    name="agentcore",
    source="docs.aws.amazon.com/bedrock-agentcore, observability; github.com/aws-observability/aws-otel-python-instrumentation",
    fields={
        "agent": ("aws.agent.name",),
        "session_id": ("aws.bedrock.agentcore.session.id",),
    },
    # Before it told the cache's part, the input was without it: 21 of 82 tokens, and nothing says so.
    rough_counts=("opentelemetry.instrumentation.botocore.bedrock-runtime",),
    kinds={"aws.operation.name": {"InvokeAgentRuntime": "workflow"}},
)
