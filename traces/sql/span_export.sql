-- All spans of a project in a range of starts, trace by trace: in the order of the primary key, so nothing is sorted.
SELECT resource_digest, scope_digest, raw
FROM traces_span
WHERE project_id = %(project_id)s AND start_ns BETWEEN %(first_ns)s AND %(last_ns)s
ORDER BY project_id, trace_id, span_id, start_ns;
