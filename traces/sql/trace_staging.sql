-- Where summaries wait to be written over those before; private to the connection.
CREATE TEMPORARY TABLE IF NOT EXISTS traces_trace_staging (LIKE traces_trace) ON COMMIT DELETE ROWS;
