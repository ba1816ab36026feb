-- Tables of spans, calls and traces of which the planner knows too little: a fifth of their rows is newer than what it
-- was told, and enough of them that reading all would be felt.
SELECT relname
FROM pg_stat_user_tables
WHERE (relname IN ('traces_call', 'traces_trace', 'traces_span_other') OR relname LIKE 'traces\_span\_p%%')
  AND n_mod_since_analyze > %(fewest)s + n_live_tup / 5
ORDER BY relname
