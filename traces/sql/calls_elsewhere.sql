-- Reports of model calls in other traces that may tell of the calls of some traces: by the provider's id of the answer,
-- or by equal usage at about the same time where one of the two stands alone in its trace.
WITH told AS (
    SELECT *
    FROM unnest(
        %(trace_ids)s::bytea[], %(response_ids)s::text[], %(starts_ns)s::bigint[], %(inputs)s::bigint[],
        %(outputs)s::bigint[], %(are_lone)s::boolean[]
    ) AS told (trace_id, response_id, start_ns, input_tokens, output_tokens, is_lone)
), found AS (
    SELECT call.trace_id, call.span_id, call.start_ns, call.is_lone
    FROM told
    JOIN traces_call AS call ON call.project_id = %(project_id)s AND call.response_id = told.response_id
    UNION
    SELECT call.trace_id, call.span_id, call.start_ns, call.is_lone
    FROM told
    JOIN traces_call AS call
      ON call.project_id = %(project_id)s
     AND call.input_tokens = told.input_tokens
     AND call.start_ns BETWEEN told.start_ns - %(near_ns)s AND told.start_ns + %(near_ns)s
    WHERE call.output_tokens IS NOT DISTINCT FROM told.output_tokens AND (call.is_lone OR told.is_lone)
)
SELECT found.is_lone, {columns}
FROM (SELECT * FROM found WHERE trace_id <> ALL(%(trace_ids)s) ORDER BY start_ns LIMIT %(limit)s) AS found
JOIN traces_span AS span
  ON span.project_id = %(project_id)s
 AND span.trace_id = found.trace_id
 AND span.span_id = found.span_id
 AND span.start_ns = found.start_ns
