-- The values to filter by, from a capped number of the newest summaries.
WITH recent AS (
    SELECT agent_names, model_names, service_names, environment
    FROM traces_trace
    WHERE project_id = %(project_id)s AND start_ns >= %(since_ns)s
    ORDER BY start_ns DESC
    LIMIT %(rows)s
)
SELECT
    ARRAY(SELECT DISTINCT unnest(agent_names) FROM recent ORDER BY 1 LIMIT %(choices)s),
    ARRAY(SELECT DISTINCT unnest(model_names) FROM recent ORDER BY 1 LIMIT %(choices)s),
    ARRAY(SELECT DISTINCT unnest(service_names) FROM recent ORDER BY 1 LIMIT %(choices)s),
    ARRAY(SELECT DISTINCT environment FROM recent WHERE environment IS NOT NULL ORDER BY 1 LIMIT %(choices)s)
