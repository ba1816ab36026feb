-- Spans of one trace by start, each with what was decided about the model call that it reports. A pending span takes the
-- id and the place of the span that it announces, and is gone when that one has arrived.
SELECT {columns}
FROM (
    SELECT
        stored.*,
        CASE WHEN stored.details ? 'pending_parent_id' THEN coalesce(stored.parent_span_id, stored.span_id)
             ELSE stored.span_id END AS shown_id,
        CASE WHEN stored.details ? 'pending_parent_id'
             THEN decode(nullif(stored.details ->> 'pending_parent_id', ''), 'hex')
             ELSE stored.parent_span_id END AS shown_parent_id
    FROM traces_span AS stored
    WHERE stored.project_id = %(project_id)s
      AND stored.trace_id = %(trace_id)s
      AND NOT (
          coalesce(stored.details ? 'pending_parent_id', false)
          AND EXISTS (
              SELECT FROM traces_span AS ended
              WHERE ended.project_id = stored.project_id
                AND ended.trace_id = stored.trace_id
                AND ended.span_id = stored.parent_span_id
          )
      )
) AS span
LEFT JOIN traces_call AS call
  ON call.project_id = span.project_id
 AND call.trace_id = span.trace_id
 AND call.span_id = span.shown_id
 AND call.start_ns = span.start_ns
WHERE {condition}
ORDER BY span.start_ns, span.shown_id
LIMIT %(limit)s
