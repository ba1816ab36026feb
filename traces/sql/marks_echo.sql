-- Marks traces that tell of the same model calls as others do.
INSERT INTO traces_mark (project_id, trace_id, slot, is_echo)
SELECT %(project_id)s, echoed.trace_id, echoed.slot, true
FROM unnest(%(trace_ids)s::bytea[], %(slots)s::smallint[]) AS echoed (trace_id, slot)
