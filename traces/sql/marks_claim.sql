-- Takes the oldest touched traces of one slot; a rollback gives them back. An echo is a mark that another trace made.
DELETE FROM traces_mark
WHERE slot = %(slot)s
  AND (project_id, trace_id) IN (
      SELECT project_id, trace_id
      FROM traces_mark
      WHERE slot = %(slot)s
      GROUP BY project_id, trace_id
      ORDER BY min(id)
      LIMIT %(limit)s
  )
RETURNING project_id, trace_id, is_echo, marked_at
