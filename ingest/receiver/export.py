"""What both transports do with a call: who is it, what does it hold, is it stored."""

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import Executor
from functools import partial

import django.db
from google.rpc import code_pb2
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceResponse

from ingest.domain.decode import Decoded, MalformedRequestError
from ingest.domain.limits import BODY_BYTES
from ingest.receiver.bounded_log import BoundedLog
from ingest.receiver.grants import GrantCache
from ingest.receiver.group_commit import (
    Batch,
    BatchRefusedError,
    GroupCommit,
    QueueFullError,
    StoreUnavailableError,
)
from ingest.receiver.gzip_body import BodyTooLargeError, GzipError, gunzip
from ingest.receiver.refusals import RETRY_AFTER_S, RefusedError
from projects.keys import key_from_headers
from projects.selectors import KeyGrant

logger = logging.getLogger(__name__)

OPEN_BYTES = 128 * 1024 * 1024
"""Bodies of calls under way, still encoded; more are answered with «try again»."""

INLINE_BYTES = 32 * 1024
"""Bodies up to this size are decoded in the event loop, about a millisecond; larger ones, and all that are
compressed, for who knows what is in them, in a thread, so that the loop goes on answering."""

Decode = Callable[[bytes, int], Decoded]
"""Reads a body for a project id."""


class TraceExport:
    """The Export call, without its transport. Refuses by RefusedError, which each transport puts into its words."""

    def __init__(self, *, grants: GrantCache, group_commit: GroupCommit, decoders: Executor) -> None:
        self._grants = grants
        self._group_commit = group_commit
        self._decoders = decoders
        self._open_bytes = 0
        self._log = BoundedLog(logger)

    async def authorize(self, *, authorization: str | None, x_api_key: str | None) -> KeyGrant:
        """The grant of the call's key, which may ingest."""
        key = key_from_headers(authorization=authorization, x_api_key=x_api_key)
        if key is None:
            raise RefusedError(
                code=code_pb2.UNAUTHENTICATED,
                message="No API key: send it as “authorization: Bearer KEY” or “x-api-key: KEY”.",
            )
        try:
            grant = await self._grants.get(key)
        except django.db.Error:
            raise _try_again("The database does not answer, so the API key cannot be checked.") from None
        if grant is None:
            raise RefusedError(code=code_pb2.UNAUTHENTICATED, message="The API key is unknown or revoked.")
        if "ingest" not in grant.scopes:
            raise RefusedError(code=code_pb2.PERMISSION_DENIED, message="This API key has no scope “ingest”.")
        return grant

    async def export(
        self, *, grant: KeyGrant, body: bytes, decode: Decode, is_gzip: bool = False
    ) -> ExportTraceServiceResponse:
        """Store the spans of a body; the answer, once they are committed."""
        if self._open_bytes and self._open_bytes + len(body) > OPEN_BYTES:
            raise _try_again("The receiver is busy.")
        self._open_bytes += len(body)
        try:
            decoded = await self._decode(body, decode, is_gzip=is_gzip, project_id=grant.project_id)
            await self._commit(decoded)
        except RefusedError as refusal:
            self._log.warning("project %d: a request is refused: %s", grant.project_id, refusal)
            raise
        finally:
            self._open_bytes -= len(body)
        if decoded.rejected_count:
            self._log.warning("project %d: %s", grant.project_id, _rejection_text(decoded))
        return _response(decoded)

    async def _decode(self, body: bytes, decode: Decode, *, is_gzip: bool, project_id: int) -> Decoded:
        try:
            if len(body) <= INLINE_BYTES and not is_gzip:
                return decode(body, project_id)
            read = partial(_decode_gzip, decode) if is_gzip else decode
            loop = asyncio.get_running_loop()
            return await loop.run_in_executor(self._decoders, read, body, project_id)
        except MalformedRequestError as error:
            raise RefusedError(code=code_pb2.INVALID_ARGUMENT, message=f"{error}.", path=error.path) from None
        except GzipError as error:
            raise RefusedError(code=code_pb2.INVALID_ARGUMENT, message=f"{error}.") from None
        except BodyTooLargeError as error:
            raise RefusedError(code=code_pb2.RESOURCE_EXHAUSTED, message=f"{error}.") from None
        except Exception:
            logger.exception("a body of %d bytes could not be decoded", len(body))
            raise RefusedError(
                code=code_pb2.INTERNAL, message="The request could not be decoded; the log says more."
            ) from None

    async def _commit(self, decoded: Decoded) -> None:
        if not decoded.rows:
            return
        batch = Batch(rows=decoded.rows, origins=decoded.origins, size_bytes=decoded.size_bytes)
        try:
            await self._group_commit.submit(batch)
        except QueueFullError:
            raise _try_again("The queue of spans that wait to be stored is full.") from None
        except StoreUnavailableError:
            raise _try_again("The database does not take spans at the moment.") from None
        except BatchRefusedError as error:
            raise RefusedError(code=code_pb2.INVALID_ARGUMENT, message=f"Not stored: {error}.") from None
        except Exception:  # group_commit has logged it
            raise RefusedError(
                code=code_pb2.INTERNAL, message="The spans could not be stored; the log says more."
            ) from None


def _decode_gzip(decode: Decode, body: bytes, project_id: int) -> Decoded:
    return decode(gunzip(body, limit=BODY_BYTES), project_id)


def _try_again(message: str) -> RefusedError:
    return RefusedError(code=code_pb2.UNAVAILABLE, message=message, retry_after_s=RETRY_AFTER_S)


def _response(decoded: Decoded) -> ExportTraceServiceResponse:
    response = ExportTraceServiceResponse()
    if decoded.rejected_count:
        response.partial_success.rejected_spans = decoded.rejected_count
        response.partial_success.error_message = _rejection_text(decoded)
    return response


def _rejection_text(decoded: Decoded) -> str:
    """`2 spans rejected: resourceSpans[0].scopeSpans[0].spans[3]: traceId has 4 bytes, not 16; …`"""
    named = "; ".join(str(rejection) for rejection in decoded.rejections)
    more = decoded.rejected_count - len(decoded.rejections)
    noun = "span" if decoded.rejected_count == 1 else "spans"
    return f"{decoded.rejected_count} {noun} rejected: {named}" + (f"; and {more} more" if more > 0 else "")
