-- The names of all partitions of the span table.
SELECT partition.relname
FROM pg_inherits
JOIN pg_class AS partition ON partition.oid = pg_inherits.inhrelid
WHERE pg_inherits.inhparent = 'traces_span'::regclass;
