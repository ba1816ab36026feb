-- Keys of reports in other traces that may tell of the calls of some traces: by the provider's id of the answer, or by
-- equal usage at about the same time where one of the two stands alone in its trace.
--
-- Without a join: of few rows, or of rows that it knows nothing of yet, the planner would rather read all than look a
-- few hundred up. The last two find a few more than fit, one's input with another's output.
SELECT DISTINCT trace_id, span_id, start_ns, is_lone
FROM (
    SELECT trace_id, span_id, start_ns, is_lone
    FROM traces_call
    WHERE project_id = %(project_id)s
      AND response_id = ANY(%(response_ids)s::text[])
    UNION ALL
    SELECT trace_id, span_id, start_ns, is_lone
    FROM traces_call
    WHERE project_id = %(project_id)s
      AND is_lone
      AND input_tokens = ANY(%(inputs)s::bigint[])
      AND (output_tokens = ANY(%(outputs)s::bigint[]) OR output_tokens IS NULL)
      AND start_ns BETWEEN %(since_ns)s AND %(until_ns)s
    UNION ALL
    SELECT trace_id, span_id, start_ns, is_lone
    FROM traces_call
    WHERE project_id = %(project_id)s
      AND input_tokens = ANY(%(lone_inputs)s::bigint[])
      AND (output_tokens = ANY(%(lone_outputs)s::bigint[]) OR output_tokens IS NULL)
      AND start_ns BETWEEN %(lone_since_ns)s AND %(lone_until_ns)s
    OFFSET 0 -- or the planner would think the filter below over three times
) AS found
WHERE trace_id <> ALL(%(trace_ids)s::bytea[])
ORDER BY start_ns
LIMIT %(limit)s
