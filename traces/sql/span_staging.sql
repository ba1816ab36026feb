-- Where a batch waits that holds spans which are stored already; private to the connection.
CREATE TEMPORARY TABLE IF NOT EXISTS traces_span_staging (LIKE traces_span) ON COMMIT DELETE ROWS;
