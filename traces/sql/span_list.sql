-- Spans of one trace by start, each with what was decided about the model call that it reports.
SELECT {columns}
FROM traces_span AS span
LEFT JOIN traces_call AS call USING (project_id, trace_id, span_id, start_ns)
WHERE project_id = %(project_id)s
  AND trace_id = %(trace_id)s
  AND {condition}
ORDER BY start_ns, span_id
LIMIT %(limit)s
