-- All spans of some traces, without the raw span; also of traces of one of the projects with an id of another one's.
SELECT {columns}
FROM traces_span AS span
WHERE project_id = ANY(%(project_ids)s::integer[])
  AND trace_id = ANY(%(trace_ids)s::bytea[])
