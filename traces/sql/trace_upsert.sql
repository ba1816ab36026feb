-- Writes staged summaries over the ones before. A trace that was closed as lost stays so until its root arrives.
INSERT INTO traces_trace ({columns})
SELECT {columns} FROM traces_trace_staging ORDER BY project_id, trace_id
ON CONFLICT (project_id, trace_id) DO UPDATE SET
    {updates},
    status = CASE
        WHEN excluded.status = 'open' AND traces_trace.status = 'lost' THEN 'lost'
        ELSE excluded.status
    END,
    last_seen_at = greatest(traces_trace.last_seen_at, excluded.last_seen_at)
