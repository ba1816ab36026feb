-- The staged rows' columns for the stored spans of the same key.
UPDATE traces_span AS span
SET ({columns}) = ROW ({staged})
FROM traces_span_staging AS staged
WHERE span.project_id = staged.project_id
  AND span.trace_id = staged.trace_id
  AND span.span_id = staged.span_id
  AND span.start_ns = staged.start_ns
