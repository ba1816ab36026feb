-- What the model calls that began in a range of time cost, all or those of one agent or one service.
SELECT
    coalesce(sum(cost_usd) FILTER (WHERE is_counted), 0),
    count(*) FILTER (WHERE reason = %(unmetered)s),
    count(*) FILTER (WHERE is_counted AND cost_usd IS NULL),
    count(*) FILTER (WHERE billing <> 'unbilled'),
    count(estimated_usd),
    sum(estimated_usd)
FROM traces_call
WHERE project_id = %(project_id)s
  AND start_ns >= %(since_ns)s
  AND start_ns < %(until_ns)s
  AND (is_counted OR reason = %(unmetered)s OR billing <> 'unbilled')
  AND (%(agent)s::text IS NULL OR agent = %(agent)s)
  AND (%(service)s::text IS NULL OR service = %(service)s)
