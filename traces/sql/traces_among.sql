-- Of these traces of a project, the ones that fit a condition.
SELECT {columns}
FROM traces_trace
WHERE project_id = %(project_id)s AND trace_id = ANY(%(trace_ids)s) AND {condition}
