"""The OpenTelemetry side: a provider for each service, one processor, and an account of what became of the spans."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan, SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult
from opentelemetry.trace import Tracer

SCOPE_NAME = "lineside.demo"
SCOPE_VERSION = "1.0"


@dataclass(frozen=True, slots=True)
class Deployment:
    """A service as it runs somewhere."""

    service: str
    environment: str
    release: str


@dataclass(slots=True)
class Telemetry:
    """Tracers by deployment. All their spans go to one processor; `ended_count` of them did so far."""

    processor: SpanProcessor
    ended_count: int = 0
    _tracers: dict[Deployment, Tracer] = field(default_factory=dict)

    def tracer(self, deployment: Deployment) -> Tracer:
        """The tracer of this deployment; its resource says which it is."""
        if deployment not in self._tracers:
            self._tracers[deployment] = self._make_tracer(deployment)
        return self._tracers[deployment]

    def _make_tracer(self, deployment: Deployment) -> Tracer:
        resource = Resource.create(
            {
                "service.name": deployment.service,
                "service.version": deployment.release,
                "deployment.environment.name": deployment.environment,
            }
        )
        # The command flushes by itself, at its end and when it is interrupted.
        provider = TracerProvider(resource=resource, shutdown_on_exit=False)
        provider.add_span_processor(self.processor)
        return provider.get_tracer(SCOPE_NAME, SCOPE_VERSION)


class CountingExporter(SpanExporter):
    """Passes spans on and counts what came of it: the SDK itself only logs what it loses."""

    def __init__(self, exporter: SpanExporter) -> None:
        self._exporter = exporter
        self.sent_count = 0
        self.failed_count = 0

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        """Export a batch; SUCCESS means that the receiver has acknowledged it."""
        result = self._exporter.export(spans)
        if result is SpanExportResult.SUCCESS:
            self.sent_count += len(spans)
        else:
            self.failed_count += len(spans)
        return result

    def shutdown(self) -> None:
        """End the exporter's connection."""
        self._exporter.shutdown()

    def force_flush(self, timeout_millis: int = 30_000) -> bool:
        """Nothing is held back here."""
        return True
