-- All spans of some traces, in the columns of SpanRow, without the raw span.
SELECT
    s.start_ns, s.end_ns, s.input_tokens, s.cache_read_input_tokens, s.cache_creation_input_tokens,
    s.output_tokens, s.reasoning_output_tokens, s.project_id, s.status, s.trace_id, s.span_id,
    s.parent_span_id, s.name, s.kind, s.convention, s.provider, s.request_model, s.response_model,
    s.response_id, s.agent, s.tool, s.tool_call_id, s.prompt_name, s.prompt_version, s.session_id, s.user_id,
    s.state, s.service, s.environment, s.release, s.status_message, s.error_type, s.resource_digest,
    s.scope_digest, s.details, ''::bytea AS raw
FROM unnest(%(project_ids)s::integer[], %(trace_ids)s::bytea[]) AS touched (project_id, trace_id)
JOIN traces_span AS s USING (project_id, trace_id)
