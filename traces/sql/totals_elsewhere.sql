-- Of agent objects that report running totals over all their turns: the last total before each of some, and the first
-- after it, in other traces. Those before say what it grew by, those after are to be counted again.
SELECT DISTINCT trace_id, span_id, start_ns, false
FROM (
    SELECT
        call.trace_id,
        call.span_id,
        call.start_ns,
        row_number() OVER (
            PARTITION BY told.place, call.start_ns + call.duration_ns <= told.end_ns
            ORDER BY abs(call.start_ns + call.duration_ns - told.end_ns), call.span_id
        ) AS nearness
    FROM unnest(%(totals_of)s::text[], %(ends_ns)s::bigint[]) WITH ORDINALITY AS told (total_of, end_ns, place)
    JOIN traces_call AS call
      ON call.project_id = %(project_id)s
     AND call.running_total_of = told.total_of
     AND call.start_ns + call.duration_ns BETWEEN told.end_ns - %(patience_ns)s AND told.end_ns + %(patience_ns)s
    WHERE call.trace_id <> ALL(%(trace_ids)s::bytea[])
) AS found
WHERE nearness = 1
