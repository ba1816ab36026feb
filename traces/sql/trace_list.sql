-- A page of one project's trace summaries, in any of the orders that the keyset knows.
SELECT {columns}
FROM traces_trace
WHERE project_id = %(project_id)s
  AND start_ns >= %(since_ns)s
  AND start_ns < %(until_ns)s
  AND {condition}
  AND {after}
ORDER BY {order}
LIMIT %(limit)s
