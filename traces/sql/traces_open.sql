-- Open traces of all projects, the longest running first.
SELECT {columns}
FROM traces_trace
WHERE status = 'open'
ORDER BY start_ns, trace_id
LIMIT %(limit)s
