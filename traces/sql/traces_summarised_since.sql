-- What was summarised in a span of time, in all projects, the first by that time; all rows of the last moment
-- come along, so that the next call may start after it.
SELECT {columns}
FROM traces_trace
WHERE summarised_at >= %(since)s AND summarised_at < %(until)s
ORDER BY summarised_at
FETCH FIRST %(limit)s ROWS WITH TIES
