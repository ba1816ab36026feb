"""Says to the project's open pages that alerts changed. What changed they fetch themselves."""

import logging

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer

from traces.live import project_group

logger = logging.getLogger(__name__)


def announce_alerts(*, project_id: int) -> None:
    """Tell the project's open pages. Never raises: a page that misses it asks again."""
    layer = get_channel_layer()
    if layer is None:
        return
    try:
        async_to_sync(layer.group_send)(project_group(project_id), {"type": "alerts.changed"})
    except OSError:
        logger.warning("live pages of project %s could not be told of alerts", project_id, exc_info=True)
