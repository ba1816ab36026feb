-- What the services of some traces speak: spans by service, convention, scope and resource.
SELECT service, convention, scope_digest, resource_digest, count(*)
FROM traces_span
WHERE project_id = %(project_id)s AND trace_id = ANY (%(trace_ids)s)
GROUP BY service, convention, scope_digest, resource_digest
ORDER BY service, count(*) DESC, convention, scope_digest, resource_digest
