"""The recorded agent runs in tests/corpus, and what the model server billed for each."""

import json
from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from ingest.domain.decode import decode_json, decode_protobuf
from traces.domain.call_reports import ReportElsewhere
from traces.domain.span_row import SpanRow
from traces.domain.summary import TraceSummary, read_trace, summarise_tree
from traces.semconv.tokens import Usage

CORPUS = Path(__file__).parent / "corpus"
RUNS = sorted(folder.name for folder in CORPUS.iterdir() if (folder / "about.json").exists())


def request_bodies(run: str) -> list[Path]:
    """The files of the run's export requests, in the order in which they came."""
    return sorted(file for file in (CORPUS / run).iterdir() if file.stem.isdigit())


@cache
def about(run: str) -> dict[str, Any]:
    """What is known of the run: scenario, stack, and the tokens and cost as billed."""
    found: dict[str, Any] = json.loads((CORPUS / run / "about.json").read_text())
    return found


PRICED_RUNS = [run for run in RUNS if "cost_usd" in about(run)["visible"]]
"""Runs of which all usage that was billed is told, or the cost of the told part is known."""


@dataclass(frozen=True)
class Visible:
    """What was billed and some span reports: what Lineside has to find, to the token.

    `full_cost_usd` prices in full what has no cache split, as `cost_usd` does in Lineside; `true_cost_usd` is what
    was billed. Both are None for a run of which some of the usage is told by nobody.
    """

    call_count: int
    usage: Usage
    true_cost_usd: Decimal | None
    full_cost_usd: Decimal | None


@cache
def visible(run: str) -> Visible:
    """The truth about a run, as far as its spans report it."""
    told = about(run)["visible"]
    return Visible(
        call_count=told["calls"],
        usage=Usage(**{field: told[field] for field in Usage._fields}),
        true_cost_usd=_money(told.get("cost_usd")),
        full_cost_usd=_money(told.get("cost_usd_high")),
    )


def _money(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def spans_by_trace(run: str, *, project_id: int = 1) -> dict[bytes, list[SpanRow]]:
    """The run's spans as they would be stored, by trace id."""
    found = defaultdict(list)
    for file in request_bodies(run):
        decode = decode_protobuf if file.suffix == ".pb" else decode_json
        decoded = decode(file.read_bytes(), project_id=project_id)
        assert decoded.rejected_count == 0, decoded.rejections
        for row in decoded.rows:
            found[row.trace_id].append(row)
    return dict(found)


def summarise_run(run: str) -> list[TraceSummary]:
    """The summaries of all traces of a run, each with the reports of the others in view."""
    trees = {trace_id: read_trace(spans) for trace_id, spans in spans_by_trace(run).items()}
    reports = {
        trace_id: [ReportElsewhere(report.span, report.is_lone) for report in tree.reports]
        for trace_id, tree in trees.items()
    }
    return [
        summarise_tree(
            tree, elsewhere=[told for other in reports if other != trace_id for told in reports[other]]
        )
        for trace_id, tree in trees.items()
    ]
