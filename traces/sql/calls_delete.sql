-- Removes the calls of some traces, before they are written anew.
DELETE FROM traces_call
WHERE (project_id, trace_id) IN (
    SELECT touched.project_id, touched.trace_id
    FROM unnest(%(project_ids)s::integer[], %(trace_ids)s::bytea[]) AS touched (project_id, trace_id)
)
