-- One trace's summary.
SELECT {columns}
FROM traces_trace
WHERE project_id = %(project_id)s AND trace_id = %(trace_id)s
