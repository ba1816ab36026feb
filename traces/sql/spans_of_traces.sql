-- All spans of some traces, without the raw span. Each trace is looked up by itself (OFFSET 0): see calls_elsewhere.
SELECT span.*
FROM unnest(%(project_ids)s::integer[], %(trace_ids)s::bytea[]) AS touched (project_id, trace_id)
CROSS JOIN LATERAL (
    SELECT {columns}
    FROM traces_span AS span
    WHERE project_id = touched.project_id AND trace_id = touched.trace_id
    OFFSET 0
) AS span
