-- Open traces of all projects that had spans lately, the longest running first.
SELECT {columns}
FROM traces_trace
WHERE status = 'open' AND summarised_at >= %(active_since)s
ORDER BY start_ns, trace_id
LIMIT %(limit)s
