-- Closes open traces of which nothing was heard for as long as their project waits: their roots will not come.
UPDATE traces_trace
SET status = 'lost', summarised_at = %(now)s
FROM (
    SELECT project_id, trace_id, silent_since
    FROM traces_trace
    JOIN unnest(%(project_ids)s::integer[], %(silent_since)s::timestamptz[]) AS patience (project_id, silent_since)
      USING (project_id)
    WHERE status = 'open' AND last_seen_at < silent_since
    ORDER BY start_ns
    LIMIT %(limit)s
) AS silent
WHERE traces_trace.project_id = silent.project_id
  AND traces_trace.trace_id = silent.trace_id
  AND traces_trace.status = 'open'
  AND traces_trace.last_seen_at < silent.silent_since
RETURNING traces_trace.project_id, traces_trace.trace_id
