-- Calls of a project that cost something, by key, after a key: what their prices depend on, and what they cost at present.
SELECT trace_id, span_id, start_ns, duration_ns, provider, model, is_counted, input_tokens, cache_read_input_tokens,
       cache_creation_input_tokens, output_tokens, reasoning_output_tokens, terms, reported_cost_usd, cost_usd,
       estimated_usd
FROM traces_call
WHERE project_id = %(project_id)s
  AND (is_counted OR reason = %(unmetered)s)
  AND (cost_usd IS NULL OR NOT %(only_waiting)s)
  AND (trace_id, span_id, start_ns) > (%(after_trace_id)s, %(after_span_id)s, %(after_start_ns)s)
ORDER BY trace_id, span_id, start_ns
LIMIT %(limit)s
