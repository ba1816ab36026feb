-- Model calls with their tokens and cost, by bucket of their trace's start and by group: first per trace, so that
-- means and percentiles are of traces. A group that is not among the largest is null, one without a name is empty.
WITH per_trace AS (
    SELECT
        traces_trace.start_ns / %(bucket_ns)s * %(bucket_ns)s AS bucket_ns,
        traces_trace.trace_id,
        {group} AS name,
        count(*) FILTER (WHERE call.reason = ANY(%(call_reasons)s)) AS call_count,
        count(*) FILTER (WHERE call.is_error) AS error_call_count,
        count(*) FILTER (WHERE call.reason = %(unmetered)s) AS unmetered_call_count,
        count(*) FILTER (WHERE call.is_counted AND call.cost_usd IS NULL) AS unpriced_call_count,
        count(*) FILTER (WHERE call.billing <> 'unbilled') AS maybe_billed_call_count,
        count(call.estimated_usd) AS estimated_call_count,
        sum(call.estimated_usd) AS estimated_usd,
        sum(call.input_tokens) FILTER (WHERE call.is_counted) AS input_tokens,
        sum(call.cache_read_input_tokens) FILTER (WHERE call.is_counted) AS cache_read_input_tokens,
        sum(call.cache_creation_input_tokens) FILTER (WHERE call.is_counted) AS cache_creation_input_tokens,
        sum(call.output_tokens) FILTER (WHERE call.is_counted) AS output_tokens,
        sum(call.reasoning_output_tokens) FILTER (WHERE call.is_counted) AS reasoning_output_tokens,
        sum(call.cost_usd) FILTER (WHERE call.is_counted) AS cost_usd
    FROM traces_trace
    JOIN traces_call AS call USING (project_id, trace_id)
    WHERE project_id = %(project_id)s
      AND traces_trace.start_ns >= %(since_ns)s
      AND traces_trace.start_ns < %(until_ns)s
      AND (call.is_counted OR call.reason = ANY(%(call_reasons)s))
      AND {condition}
    GROUP BY traces_trace.start_ns, traces_trace.trace_id, 3
), largest AS (
    SELECT name FROM per_trace GROUP BY name ORDER BY {weight} DESC NULLS LAST, name LIMIT %(groups)s
)
SELECT
    bucket_ns,
    largest.name AS group_name,
    count(DISTINCT trace_id),
    sum(call_count)::bigint,
    sum(error_call_count)::bigint,
    coalesce(sum(input_tokens), 0)::bigint,
    coalesce(sum(cache_read_input_tokens), 0)::bigint,
    coalesce(sum(cache_creation_input_tokens), 0)::bigint,
    coalesce(sum(output_tokens), 0)::bigint,
    coalesce(sum(reasoning_output_tokens), 0)::bigint,
    sum(cost_usd),
    avg(cost_usd),
    percentile_disc(0.95) WITHIN GROUP (ORDER BY cost_usd),
    sum(unmetered_call_count)::bigint,
    sum(unpriced_call_count)::bigint,
    sum(maybe_billed_call_count)::bigint,
    sum(estimated_call_count)::bigint,
    sum(estimated_usd)
FROM per_trace LEFT JOIN largest USING (name)
GROUP BY bucket_ns, largest.name
ORDER BY bucket_ns, largest.name
