-- Percentiles of the duration of ended traces, by bucket of their start and by group. A group that is not among
-- the largest is null, one without a name is empty.
WITH ended AS (
    SELECT start_ns / %(bucket_ns)s * %(bucket_ns)s AS bucket_ns, duration_ns, grouped.name
    FROM traces_trace, {grouped}
    WHERE project_id = %(project_id)s
      AND start_ns >= %(since_ns)s
      AND start_ns < %(until_ns)s
      AND status NOT IN ('open', 'lost')
      AND {condition}
), largest AS (
    SELECT name FROM ended GROUP BY name ORDER BY count(*) DESC, name LIMIT %(groups)s
)
SELECT
    bucket_ns,
    largest.name AS group_name,
    count(*),
    percentile_cont(ARRAY[0.5, 0.9, 0.95, 0.99]) WITHIN GROUP (ORDER BY duration_ns)
FROM ended LEFT JOIN largest USING (name)
GROUP BY bucket_ns, largest.name
ORDER BY bucket_ns, largest.name
