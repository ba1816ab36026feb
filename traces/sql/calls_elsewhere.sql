-- Reports of model calls in other traces that may tell of the calls of some traces: by the provider's id of the answer,
-- or by equal usage at about the same time where one of the two stands alone in its trace.
WITH found AS (
    SELECT call.trace_id, call.span_id, call.start_ns, call.is_lone
    FROM unnest(%(response_ids)s::text[]) AS told (response_id)
    JOIN traces_call AS call ON call.project_id = %(project_id)s AND call.response_id = told.response_id
    UNION
    SELECT call.trace_id, call.span_id, call.start_ns, call.is_lone
    FROM unnest(%(lone_inputs)s::bigint[], %(lone_outputs)s::bigint[], %(lone_starts_ns)s::bigint[])
        AS told (input_tokens, output_tokens, start_ns)
    JOIN traces_call AS call
      ON call.project_id = %(project_id)s
     AND call.input_tokens = told.input_tokens
     AND call.start_ns BETWEEN told.start_ns - %(near_ns)s AND told.start_ns + %(near_ns)s
    WHERE call.output_tokens IS NOT DISTINCT FROM told.output_tokens
    UNION
    SELECT call.trace_id, call.span_id, call.start_ns, call.is_lone
    FROM unnest(%(inputs)s::bigint[], %(outputs)s::bigint[], %(starts_ns)s::bigint[])
        AS told (input_tokens, output_tokens, start_ns)
    JOIN traces_call AS call
      ON call.project_id = %(project_id)s
     AND call.input_tokens = told.input_tokens
     AND call.start_ns BETWEEN told.start_ns - %(near_ns)s AND told.start_ns + %(near_ns)s
    WHERE call.is_lone AND call.output_tokens IS NOT DISTINCT FROM told.output_tokens
)
SELECT found.is_lone, {columns}
FROM (SELECT * FROM found WHERE trace_id <> ALL(%(trace_ids)s::bytea[]) ORDER BY start_ns LIMIT %(limit)s) AS found
JOIN traces_span AS span
  ON span.project_id = %(project_id)s
 AND span.trace_id = found.trace_id
 AND span.span_id = found.span_id
 AND span.start_ns = found.start_ns
