"""Says to whoever is looking that traces changed. What changed they fetch themselves."""

import logging

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer

logger = logging.getLogger(__name__)

MOST_NAMED = 100
"""Trace ids named in one message; when there are more it names none, which means that anything may have changed."""


def project_group(project_id: int) -> str:
    """The Channels group of everybody who looks at this project."""
    return f"project.{project_id}"


def announce_traces(*, project_id: int, trace_ids: list[bytes]) -> None:
    """Tell the project's open pages that these traces changed. Never raises: a page that misses it asks again."""
    layer = get_channel_layer()
    if layer is None:
        return
    named = [trace_id.hex() for trace_id in trace_ids] if len(trace_ids) <= MOST_NAMED else []
    try:
        async_to_sync(layer.group_send)(
            project_group(project_id), {"type": "traces.changed", "trace_ids": named}
        )
    except OSError:
        logger.warning(
            "live pages of project %s could not be told of %d traces",
            project_id,
            len(trace_ids),
            exc_info=True,
        )
