"""REST: channels."""

from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from alerts.api.requests import checked_body, refusals
from alerts.models import Channel
from alerts.selectors import channel_page
from alerts.serializers import ChannelPageSerializer, ChannelSerializer, channel_json
from alerts.services.rules import channel_save
from projects.api.authentication import granted_project_id, key_project
from projects.api.schema import problems
from traces.api.parameters import read_parameters
from traces.serializers.parameters import PageParameters


class ChannelListView(APIView):
    """The project's channels."""

    @extend_schema(
        operation_id="alerts_channels_list",
        parameters=[PageParameters],
        responses={200: ChannelPageSerializer, **problems(400)},
    )
    def get(self, request: Request) -> Response:
        """Channels in the order in which they were made."""
        asked = read_parameters(PageParameters, request)
        with refusals():
            page = channel_page(
                project_id=granted_project_id(request), limit=asked["limit"], cursor=asked.get("cursor")
            )
        return Response({"results": [channel_json(row) for row in page.results], "next": page.next_cursor})

    @extend_schema(
        operation_id="alerts_channels_create",
        request=ChannelSerializer,
        responses={201: ChannelSerializer, **problems(400, 404)},
    )
    def post(self, request: Request) -> Response:
        """Make a channel."""
        given = checked_body(ChannelSerializer, request)
        with refusals():
            channel = channel_save(project=key_project(request), channel=None, **given)
        return Response(channel_json(channel), status=201)


class ChannelView(APIView):
    """One channel."""

    @extend_schema(operation_id="alerts_channels_get", responses={200: ChannelSerializer, **problems(404)})
    def get(self, request: Request, channel_id: int) -> Response:
        """The channel, secrets masked."""
        return Response(channel_json(_channel(request, channel_id)))

    @extend_schema(
        operation_id="alerts_channels_update",
        request=ChannelSerializer(partial=True),
        responses={200: ChannelSerializer, **problems(400, 404)},
    )
    def patch(self, request: Request, channel_id: int) -> Response:
        """Change the fields that are given; `config` is replaced as a whole."""
        channel = _channel(request, channel_id)
        given = checked_body(ChannelSerializer, request, instance=channel)
        wanted = {"name": channel.name, "kind": channel.kind, "config": channel.config, **given}
        with refusals():
            saved = channel_save(project=channel.project, channel=channel, **wanted)
        return Response(channel_json(saved))

    @extend_schema(operation_id="alerts_channels_delete", responses={204: None, **problems(404)})
    def delete(self, request: Request, channel_id: int) -> Response:
        """Remove the channel, and what was still to be delivered through it."""
        _channel(request, channel_id).delete()
        return Response(status=204)


def _channel(request: Request, channel_id: int) -> Channel:
    rows = Channel.objects.filter(project_id=granted_project_id(request), pk=channel_id)
    channel = rows.select_related("project").first()
    if channel is None:
        raise NotFound(f"This project has no channel {channel_id}.")
    return channel
