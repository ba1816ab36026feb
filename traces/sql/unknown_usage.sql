-- Usage that no convention knows: by key and scope, with the newest example.
SELECT
    told.key,
    span.scope_digest,
    count(*),
    (array_agg(told.value ORDER BY span.start_ns DESC))[1],
    (array_agg(span.trace_id ORDER BY span.start_ns DESC))[1],
    (array_agg(span.span_id ORDER BY span.start_ns DESC))[1]
FROM (
    SELECT trace_id, span_id, start_ns, scope_digest, details
    FROM traces_span
    WHERE project_id = %(project_id)s AND start_ns >= %(since_ns)s AND details ? 'unknown_usage'
    ORDER BY start_ns DESC
    LIMIT %(most_spans)s
) AS span
CROSS JOIN LATERAL jsonb_each_text(span.details -> 'unknown_usage') AS told (key, value)
GROUP BY told.key, span.scope_digest
ORDER BY count(*) DESC, told.key
LIMIT 100
