-- Resources and scopes, each once. In key order, so that two writers of the same ones cannot wait for each other.
INSERT INTO traces_origin (project_id, digest, data)
SELECT project_id, digest, data
FROM unnest(%(project_ids)s::integer[], %(digests)s::bytea[], %(data)s::bytea[]) AS origin (project_id, digest, data)
ORDER BY project_id, digest
ON CONFLICT DO NOTHING;
