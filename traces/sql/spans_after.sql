-- Whole spans of a project behind a place, in the order of the primary key: no sort, and no more rows than asked for.
SELECT {columns}
FROM traces_span AS span
WHERE project_id = %(project_id)s
  AND (trace_id, span_id, start_ns) > (%(trace_id)s, %(span_id)s, %(start_ns)s)
ORDER BY project_id, trace_id, span_id, start_ns
LIMIT %(limit)s
