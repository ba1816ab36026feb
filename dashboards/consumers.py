"""The live connection of an open page. It says what changed; the page fetches the partial that shows it."""

import time
from typing import Any

from channels.auth import get_user
from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncJsonWebsocketConsumer
from django.contrib.auth.models import AnonymousUser, User

from projects.selectors import project_list
from traces.live import project_group

NOT_FOUND = 4404
"""Close code for a project that does not exist or that this person may not see. They look alike on purpose."""

GRANT_SECONDS = 60.0
"""A page may stay open for days; after this long its right to listen is looked up again before it is told more."""


class LiveConsumer(AsyncJsonWebsocketConsumer):  # type: ignore[misc]  # channels is untyped
    """Tells one page of one project that traces or alerts changed, for as long as its reader may see the project."""

    group: str | None = None
    granted_at: float = 0.0

    async def connect(self) -> None:
        """Join the project's group, or close with 4404.

        The handshake is accepted first even for a stranger: a refused one reaches the browser as code 1006,
        which it cannot tell from a broken network and would try again for ever.
        """
        await self.accept()
        project_id = await self._visible_project_id()
        if project_id is None:
            await self.close(code=NOT_FOUND)
            return
        self.granted_at = time.monotonic()
        self.group = project_group(project_id)
        await self.channel_layer.group_add(self.group, self.channel_name)
        await self.send_json({"type": "ready"})

    async def disconnect(self, code: int) -> None:
        """Leave the group."""
        if self.group is not None:
            await self.channel_layer.group_discard(self.group, self.channel_name)

    async def receive(
        self, text_data: str | None = None, bytes_data: bytes | None = None, **kwargs: Any
    ) -> None:
        """A page only ever asks whether we are still there; whatever it sends gets that answer."""
        await self.send_json({"type": "pong"})

    async def traces_changed(self, message: dict[str, Any]) -> None:
        """From traces.live.announce_traces."""
        if await self._may_still_listen():
            await self.send_json({"type": "traces", "trace_ids": message["trace_ids"]})

    async def alerts_changed(self, message: dict[str, Any]) -> None:
        """From the alerts app, on every change of an incident."""
        if await self._may_still_listen():
            await self.send_json({"type": "alerts"})

    async def _visible_project_id(self) -> int | None:
        user = await get_user(self.scope)
        project_id: int | None = await find_project_id(
            user=user, slug=self.scope["url_route"]["kwargs"]["slug"]
        )
        return project_id

    async def _may_still_listen(self) -> bool:
        """False, and the connection closed, once the reader signed out or left the project."""
        if time.monotonic() - self.granted_at < GRANT_SECONDS:
            return True
        if await self._visible_project_id() is None:
            await self.close(code=NOT_FOUND)
            return False
        self.granted_at = time.monotonic()
        return True


@database_sync_to_async  # type: ignore[untyped-decorator]
def find_project_id(*, user: User | AnonymousUser, slug: str) -> int | None:
    """The project's id when this person may see it; None both where it is missing and where it is not theirs."""
    return project_list(user=user).filter(slug=slug).values_list("id", flat=True).first()
