-- What is new in the staged batch goes into the span table; answers with the trace of each new span.
INSERT INTO traces_span
SELECT * FROM traces_span_staging
ORDER BY project_id, trace_id, span_id, start_ns
ON CONFLICT DO NOTHING
RETURNING project_id, trace_id;
