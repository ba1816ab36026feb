-- Traces, failed traces and failed spans, by bucket of the traces' start and by group. A group that is not among
-- the largest is null, one without a name is empty.
WITH chosen AS (
    SELECT start_ns / %(bucket_ns)s * %(bucket_ns)s AS bucket_ns, status, error_count, grouped.name
    FROM traces_trace, {grouped}
    WHERE project_id = %(project_id)s
      AND start_ns >= %(since_ns)s
      AND start_ns < %(until_ns)s
      AND {condition}
), largest AS (
    SELECT name FROM chosen GROUP BY name ORDER BY sum(error_count) DESC, name LIMIT %(groups)s
)
SELECT
    bucket_ns,
    largest.name AS group_name,
    count(*),
    count(*) FILTER (WHERE status IN ('error', 'lost')),
    sum(error_count)::bigint
FROM chosen LEFT JOIN largest USING (name)
GROUP BY bucket_ns, largest.name
ORDER BY bucket_ns, largest.name
