-- Models of counted calls that have no price, the most calls first.
SELECT
    provider,
    model,
    count(*),
    coalesce(sum(input_tokens), 0)::bigint,
    coalesce(sum(output_tokens), 0)::bigint,
    max(start_ns)
FROM traces_call
WHERE project_id = %(project_id)s AND is_counted AND cost_usd IS NULL
GROUP BY provider, model
ORDER BY count(*) DESC, model, provider
LIMIT %(limit)s
