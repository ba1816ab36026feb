-- The traces of a project that started last.
SELECT trace_id
FROM traces_trace
WHERE project_id = %(project_id)s
ORDER BY start_ns DESC, trace_id DESC
LIMIT %(limit)s
