-- Spans of some traces of a project that start at some moments, without the raw span.
SELECT {columns}
FROM traces_span AS span
WHERE project_id = %(project_id)s
  AND trace_id = ANY(%(trace_ids)s::bytea[])
  AND start_ns = ANY(%(starts_ns)s::bigint[])
