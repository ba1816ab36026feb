-- Takes the oldest touched traces of one slot, as far as a few marks for each name them; a rollback gives them back. An
-- echo is a mark that another trace made. Bounded, however many marks wait.
WITH oldest AS MATERIALIZED (
    SELECT project_id, trace_id
    FROM (
        SELECT project_id, trace_id, id
        FROM traces_mark
        WHERE slot = %(slot)s
        ORDER BY id
        LIMIT %(limit)s * 4
    ) AS waiting
    GROUP BY project_id, trace_id
    ORDER BY min(id)
    LIMIT %(limit)s
)
DELETE FROM traces_mark
WHERE slot = %(slot)s
  AND project_id = ANY(ARRAY(SELECT DISTINCT project_id FROM oldest))
  AND trace_id = ANY(ARRAY(SELECT trace_id FROM oldest))
RETURNING project_id, trace_id, is_echo, marked_at
