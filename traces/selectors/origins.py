"""The resources and scopes that spans name."""

from collections.abc import Collection

from traces.models import Origin


def origin_data(*, project_id: int, digests: Collection[bytes]) -> dict[bytes, bytes]:
    """Serialized resources and scopes by digest; those that are gone are absent. One query, or none."""
    if not digests:
        return {}
    rows = Origin.objects.filter(project_id=project_id, digest__in=digests).values_list("digest", "data")
    return {bytes(digest): bytes(data) for digest, data in rows}
