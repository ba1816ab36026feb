"""A small multi-agent program that sends its traces over OTLP, like any program that Lineside watches.

Its models, tools and people are simulated; that it runs concurrently, fails, retries and waits is not, nor are the
OpenTelemetry SDK and the OTLP exporter that it uses. It imports nothing of the server.
"""
