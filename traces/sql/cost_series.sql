-- Cost per trace, by bucket of the traces' start. The percentile is a cost that occurred, exact to the digit.
SELECT
    start_ns / %(bucket_ns)s * %(bucket_ns)s AS bucket_ns,
    '' AS group_name,
    count(*),
    sum(cost_usd),
    avg(cost_usd),
    percentile_disc(0.95) WITHIN GROUP (ORDER BY cost_usd),
    sum(unmetered_call_count)::bigint,
    sum(unpriced_call_count)::bigint,
    sum(maybe_billed_call_count)::bigint,
    sum(estimated_call_count)::bigint,
    sum(estimated_usd)
FROM traces_trace
WHERE project_id = %(project_id)s
  AND start_ns >= %(since_ns)s
  AND start_ns < %(until_ns)s
  AND {condition}
GROUP BY bucket_ns
ORDER BY bucket_ns
