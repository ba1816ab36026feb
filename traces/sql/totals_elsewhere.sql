-- Of agent objects that report running totals over all their turns: the last total before one, and the first after it,
-- in other traces. Those before say what it grew by, those after are to be counted again.
WITH told AS (
    SELECT *
    FROM unnest(%(trace_ids)s::bytea[], %(totals_of)s::text[], %(ends_ns)s::bigint[])
        AS told (trace_id, total_of, end_ns)
), found AS (
    SELECT near.*
    FROM told
    CROSS JOIN LATERAL (
        (
            SELECT trace_id, span_id, start_ns
            FROM traces_call
            WHERE project_id = %(project_id)s
              AND running_total_of = told.total_of
              AND start_ns + duration_ns <= told.end_ns
              AND trace_id <> told.trace_id
            ORDER BY start_ns + duration_ns DESC, span_id DESC
            LIMIT 1
        )
        UNION ALL
        (
            SELECT trace_id, span_id, start_ns
            FROM traces_call
            WHERE project_id = %(project_id)s
              AND running_total_of = told.total_of
              AND start_ns + duration_ns >= told.end_ns
              AND trace_id <> told.trace_id
            ORDER BY start_ns + duration_ns, span_id
            LIMIT 1
        )
    ) AS near
)
SELECT DISTINCT trace_id, span_id, start_ns, false
FROM found
WHERE trace_id <> ALL(%(trace_ids)s::bytea[])
