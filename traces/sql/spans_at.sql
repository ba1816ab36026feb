-- Spans of a project by their keys, without the raw span. Each is looked up by itself (LIMIT): see calls_elsewhere.
SELECT span.*
FROM unnest(%(trace_ids)s::bytea[], %(span_ids)s::bytea[], %(starts_ns)s::bigint[])
    AS place (trace_id, span_id, start_ns)
CROSS JOIN LATERAL (
    SELECT {columns}
    FROM traces_span AS span
    WHERE project_id = %(project_id)s
      AND trace_id = place.trace_id
      AND span_id = place.span_id
      AND start_ns = place.start_ns
    LIMIT 1
) AS span
