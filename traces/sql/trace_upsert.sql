-- Writes a trace's summary over the one before.
INSERT INTO traces_trace (
    project_id, trace_id, root_span_id, start_ns, end_ns, duration_ns, status, name, session_id, user_id,
    service, environment, release, agent_names, model_names, tool_names, service_names, error_message,
    span_count, error_count, llm_call_count, tool_call_count, retry_count, fallback_count,
    input_tokens, cache_read_input_tokens, cache_creation_input_tokens, output_tokens, reasoning_output_tokens,
    cost_usd, cost_low_usd, unmetered_call_count, unpriced_call_count, latency, states, summarised_at
) VALUES (
    %(project_id)s, %(trace_id)s, %(root_span_id)s, %(start_ns)s, %(end_ns)s, %(duration_ns)s, %(status)s,
    %(name)s, %(session_id)s, %(user_id)s, %(service)s, %(environment)s, %(release)s, %(agent_names)s,
    %(model_names)s, %(tool_names)s, %(service_names)s, %(error_message)s, %(span_count)s, %(error_count)s,
    %(llm_call_count)s, %(tool_call_count)s, %(retry_count)s, %(fallback_count)s, %(input_tokens)s,
    %(cache_read_input_tokens)s, %(cache_creation_input_tokens)s, %(output_tokens)s,
    %(reasoning_output_tokens)s, %(cost_usd)s, %(cost_low_usd)s, %(unmetered_call_count)s,
    %(unpriced_call_count)s, %(latency)s, %(states)s, %(summarised_at)s
)
ON CONFLICT (project_id, trace_id) DO UPDATE SET
    root_span_id = excluded.root_span_id, start_ns = excluded.start_ns, end_ns = excluded.end_ns,
    duration_ns = excluded.duration_ns, status = excluded.status, name = excluded.name,
    session_id = excluded.session_id, user_id = excluded.user_id, service = excluded.service,
    environment = excluded.environment, release = excluded.release, agent_names = excluded.agent_names,
    model_names = excluded.model_names, tool_names = excluded.tool_names,
    service_names = excluded.service_names, error_message = excluded.error_message,
    span_count = excluded.span_count, error_count = excluded.error_count,
    llm_call_count = excluded.llm_call_count, tool_call_count = excluded.tool_call_count,
    retry_count = excluded.retry_count, fallback_count = excluded.fallback_count,
    input_tokens = excluded.input_tokens, cache_read_input_tokens = excluded.cache_read_input_tokens,
    cache_creation_input_tokens = excluded.cache_creation_input_tokens,
    output_tokens = excluded.output_tokens, reasoning_output_tokens = excluded.reasoning_output_tokens,
    cost_usd = excluded.cost_usd, cost_low_usd = excluded.cost_low_usd,
    unmetered_call_count = excluded.unmetered_call_count,
    unpriced_call_count = excluded.unpriced_call_count, latency = excluded.latency,
    states = excluded.states, summarised_at = excluded.summarised_at
