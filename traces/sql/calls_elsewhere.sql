-- Reports of model calls in other traces that may tell of the calls of some traces: by the provider's id of the answer,
-- or by equal usage at about the same time where one of the two stands alone in its trace.
--
-- Each is looked up by itself (LATERAL with a LIMIT): of a day's first partition nothing is known yet, and the planner
-- would rather read all of it than look into an index a few hundred times.
SELECT DISTINCT trace_id, span_id, start_ns, is_lone
FROM (
    SELECT near.*
    FROM unnest(%(response_ids)s::text[]) AS told (response_id)
    CROSS JOIN LATERAL (
        SELECT trace_id, span_id, start_ns, is_lone
        FROM traces_call
        WHERE project_id = %(project_id)s
          AND response_id = told.response_id
          AND trace_id <> ALL(%(trace_ids)s::bytea[])
        LIMIT %(limit)s
    ) AS near
    UNION ALL
    SELECT near.*
    FROM unnest(%(lone_inputs)s::bigint[], %(lone_outputs)s::bigint[], %(lone_starts_ns)s::bigint[])
        AS told (input_tokens, output_tokens, start_ns)
    CROSS JOIN LATERAL (
        SELECT trace_id, span_id, start_ns, is_lone
        FROM traces_call
        WHERE project_id = %(project_id)s
          AND input_tokens = told.input_tokens
          AND output_tokens IS NOT DISTINCT FROM told.output_tokens
          AND start_ns BETWEEN told.start_ns - %(near_ns)s AND told.start_ns + %(near_ns)s
          AND trace_id <> ALL(%(trace_ids)s::bytea[])
        LIMIT %(limit)s
    ) AS near
    UNION ALL
    SELECT near.*
    FROM unnest(%(inputs)s::bigint[], %(outputs)s::bigint[], %(starts_ns)s::bigint[])
        AS told (input_tokens, output_tokens, start_ns)
    CROSS JOIN LATERAL (
        SELECT trace_id, span_id, start_ns, is_lone
        FROM traces_call
        WHERE project_id = %(project_id)s
          AND is_lone
          AND input_tokens = told.input_tokens
          AND output_tokens IS NOT DISTINCT FROM told.output_tokens
          AND start_ns BETWEEN told.start_ns - %(near_ns)s AND told.start_ns + %(near_ns)s
          AND trace_id <> ALL(%(trace_ids)s::bytea[])
        LIMIT %(limit)s
    ) AS near
) AS found
ORDER BY start_ns
LIMIT %(limit)s
