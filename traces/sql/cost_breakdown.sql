-- Cost of the model calls that began in a range of time, by group, the dearest first. A group that is not among the
-- dearest is null, one without a name is empty.
WITH grouped AS (
    SELECT
        {group} AS name,
        count(*) FILTER (WHERE reason = ANY(%(call_reasons)s)) AS call_count,
        sum(input_tokens) FILTER (WHERE is_counted) AS input_tokens,
        sum(output_tokens) FILTER (WHERE is_counted) AS output_tokens,
        sum(cost_usd) FILTER (WHERE is_counted) AS cost_usd,
        count(*) FILTER (WHERE reason = %(unmetered)s) AS unmetered_call_count,
        count(*) FILTER (WHERE is_counted AND cost_usd IS NULL) AS unpriced_call_count,
        count(*) FILTER (WHERE billing <> 'unbilled') AS maybe_billed_call_count,
        count(estimated_usd) AS estimated_call_count,
        sum(estimated_usd) AS estimated_usd
    FROM traces_call AS call
    WHERE project_id = %(project_id)s
      AND start_ns >= %(since_ns)s
      AND start_ns < %(until_ns)s
      AND (is_counted OR reason = ANY(%(call_reasons)s))
    GROUP BY 1
), ranked AS (
    SELECT *, row_number() OVER (ORDER BY cost_usd DESC NULLS LAST, call_count DESC, name) <= %(groups)s AS is_kept
    FROM grouped
)
SELECT
    CASE WHEN is_kept THEN name END AS group_name,
    sum(call_count)::bigint,
    coalesce(sum(input_tokens), 0)::bigint,
    coalesce(sum(output_tokens), 0)::bigint,
    sum(cost_usd),
    sum(unmetered_call_count)::bigint,
    sum(unpriced_call_count)::bigint,
    sum(maybe_billed_call_count)::bigint,
    sum(estimated_call_count)::bigint,
    sum(estimated_usd)
FROM ranked
GROUP BY is_kept, 1
ORDER BY is_kept DESC, sum(cost_usd) DESC NULLS LAST, 2 DESC, 1
