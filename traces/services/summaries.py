"""Summaries of traces, recomputed from their stored spans whenever new ones arrive.

A model call may be told in two traces; each of the two is then summarised with the other's reports in view. A trace
with new spans marks such traces anew (an echo), so that both end with the same decision, whichever came first.
"""

import logging
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db import connection, transaction

from traces.domain.call_reports import Report, ReportElsewhere, running_total_of
from traces.domain.report_index import ReportIndex, is_looked_for
from traces.domain.slots import MARK_SLOTS
from traces.domain.span_row import SpanRow
from traces.domain.summary import TraceSummary, TraceTree, read_trace, summarise_tree
from traces.domain.trace_key import TraceKey
from traces.selectors.prices import price_books
from traces.selectors.reports import LookedFor, reports_elsewhere
from traces.selectors.span_rows import spans_of_traces
from traces.services.echoes import echoes_mark
from traces.services.summary_rows import summaries_write
from traces.sql import load_sql

logger = logging.getLogger(__name__)

_DEFECT = "trace %s of project %d cannot be summarised"

NEVER = datetime(1970, 1, 1, tzinfo=UTC)
SLOT_LOCK = 0x11E51DE
"""First key of the advisory locks that give a slot to one worker; any constant that no one else uses."""


def touched_summarise(*, slot: int, limit: int, now: datetime) -> list[TraceKey] | None:
    """Summarise up to `limit` touched traces of a slot and return them; None when another worker holds the slot.

    One transaction: the marks are deleted and the summaries written together, so a worker that dies leaves the marks
    behind. The slot's lock makes sure that the worker that reads a trace's spans last also writes its summary last.
    Two workers that summarise two traces of one call at once do not see each other: so the reports elsewhere are
    looked for once more after the commit. About ten statements and one for each trace.
    """
    if not 0 <= slot < MARK_SLOTS:
        raise ValueError(f"there is no slot {slot}; slots are 0 to {MARK_SLOTS - 1}")
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s, %s)", [SLOT_LOCK, slot])
        if not cursor.fetchone()[0]:
            return None
        touched = _claim(cursor, slot=slot, limit=limit)
        if not touched:
            return []
        batch = _Batch.load(touched)
        summaries = batch.summarise()
        seen_at = {key: touch.seen_at for key, touch in touched.items()}
        summaries_write(cursor, touched=seen_at, summaries=summaries, now=now)
        echoes_mark(batch.told_elsewhere(summaries))
    echoes_mark(batch.missed())
    return sorted(touched)


def summaries_read(keys: Iterable[TraceKey]) -> dict[TraceKey, TraceSummary]:
    """The summaries of stored traces as their spans give them at present; nothing is written."""
    return _Batch.load({key: _Touch(has_news=False, seen_at=NEVER) for key in keys}).summarise()


@dataclass(slots=True)
class _Touch:
    """Why a trace is summarised: new spans of its own (`has_news`), the last of which arrived at `seen_at`; or only
    those of another trace that tells of the same calls."""

    has_news: bool
    seen_at: datetime


def _claim(cursor: Any, *, slot: int, limit: int) -> dict[TraceKey, _Touch]:
    cursor.execute(load_sql("marks_claim"), {"slot": slot, "limit": limit})
    touched: dict[TraceKey, _Touch] = {}
    for project_id, trace_id, is_echo, marked_at in cursor.fetchall():
        touch = touched.setdefault(
            TraceKey(project_id, bytes(trace_id)), _Touch(has_news=False, seen_at=NEVER)
        )
        if not is_echo:
            touch.has_news = True
            touch.seen_at = max(touch.seen_at, marked_at)
    return touched


@dataclass(frozen=True, slots=True)
class _InView:
    """What is looked for in a project, all reports of the batch among it, and the reports in stored traces outside."""

    looked_for: LookedFor
    stored: list[ReportElsewhere]

    @classmethod
    def look(cls, looked_for: LookedFor) -> "_InView":
        return cls(looked_for, reports_elsewhere(looked_for))

    @property
    def reports(self) -> list[Report | ReportElsewhere]:
        return [*self.looked_for.told, *self.stored]

    def seen_since(self) -> list[ReportElsewhere]:
        """Reports in stored traces that were not there at the first look."""
        now = reports_elsewhere(self.looked_for)
        if not now:
            return []
        known = {(report.span.trace_id, report.span.span_id) for report in self.stored}
        return [report for report in now if (report.span.trace_id, report.span.span_id) not in known]


class _Batch:
    """Touched traces with their trees, and the reports elsewhere that may tell of their calls."""

    def __init__(self, trees: Mapping[TraceKey, TraceTree], touched: Mapping[TraceKey, _Touch]) -> None:
        self._trees = trees
        self._touched = touched
        self._elsewhere = self._find_elsewhere()

    @classmethod
    def load(cls, touched: Mapping[TraceKey, _Touch]) -> "_Batch":
        spans: dict[TraceKey, list[SpanRow]] = defaultdict(list)
        for span in spans_of_traces(keys=list(touched)):
            spans[TraceKey(span.project_id, span.trace_id)].append(span)
        trees = {key: tree for key in sorted(spans) if (tree := _read(key, spans[key])) is not None}
        return cls(trees, touched)

    def _find_elsewhere(self) -> dict[int, _InView]:
        by_project: dict[int, list[Report]] = defaultdict(list)
        for key, tree in self._trees.items():
            by_project[key.project_id].extend(filter(is_looked_for, tree.reports))
        return {
            project_id: _InView.look(LookedFor(project_id, own)) for project_id, own in by_project.items()
        }

    def summarise(self) -> dict[TraceKey, TraceSummary]:
        """A summary of each. A trace that cannot be summarised is a defect of ours: it is logged and keeps its last
        summary, and the traces beside it go on."""
        index = {project_id: ReportIndex(view.reports) for project_id, view in self._elsewhere.items()}
        books = price_books({key.project_id for key in self._trees})
        summaries = {}
        for key, tree in self._trees.items():
            found = (
                index[key.project_id].beside(key.trace_id, tree.reports) if key.project_id in index else []
            )
            try:
                summaries[key] = summarise_tree(tree, elsewhere=found, book=books[key.project_id])
            except Exception:
                logger.exception(_DEFECT, key.trace_id.hex(), key.project_id)
        return summaries

    def told_elsewhere(self, summaries: Mapping[TraceKey, TraceSummary]) -> set[TraceKey]:
        """Stored traces outside of the batch that tell of a call of a trace with new spans, or whose running totals go
        on from one of its own."""
        news = {key: summary for key, summary in summaries.items() if self._touched[key].has_news}
        told = {
            TraceKey(key.project_id, trace_id)
            for key, summary in news.items()
            for trace_id in summary.told_in
        }
        return (told | {later for key in news for later in self._going_on(key)}) - self._trees.keys()

    def _going_on(self, key: TraceKey) -> Iterator[TraceKey]:
        """Traces in view with a later total of an agent object of this trace."""
        totals: dict[str | None, int] = {}
        for report in self._trees[key].reports:
            if total_of := report.running_total_of:
                totals[total_of] = min(report.span.end_ns, totals.get(total_of, report.span.end_ns))
        for other in self._elsewhere[key.project_id].reports if totals else ():
            ended_ns = totals.get(running_total_of(other.span))
            if ended_ns is not None and other.span.end_ns >= ended_ns:
                yield TraceKey(key.project_id, other.span.trace_id)

    def missed(self) -> set[TraceKey]:
        """Traces whose reports became visible only after the batch had been read, and those of the batch that they
        concern: all are to be summarised again."""
        again: set[TraceKey] = set()
        for project_id, view in self._elsewhere.items():
            new = [
                report
                for report in view.seen_since()
                if TraceKey(project_id, report.span.trace_id) not in self._trees
            ]
            index = ReportIndex(new)
            for key, tree in self._trees.items() if new else ():
                if key.project_id == project_id and self._touched[key].has_news:
                    found = index.beside(key.trace_id, tree.reports)
                    again |= {TraceKey(project_id, report.span.trace_id) for report in found}
                    again |= {key} if found else set()
        return again


def _read(key: TraceKey, spans: Sequence[SpanRow]) -> TraceTree | None:
    try:
        return read_trace(spans)
    except Exception:
        logger.exception(_DEFECT, key.trace_id.hex(), key.project_id)
        return None
