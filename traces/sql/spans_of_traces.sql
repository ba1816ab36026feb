-- All spans of some traces, without the raw span.
SELECT {columns}
FROM unnest(%(project_ids)s::integer[], %(trace_ids)s::bytea[]) AS touched (project_id, trace_id)
JOIN traces_span AS span USING (project_id, trace_id)
