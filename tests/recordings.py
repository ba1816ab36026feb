"""The recorded agent runs in tests/corpus, and what the model server billed for each."""

import json
from collections import defaultdict
from functools import cache
from pathlib import Path

from ingest.domain.decode import decode_json, decode_protobuf
from traces.domain.span_row import SpanRow

CORPUS = Path(__file__).parent / "corpus"
RUNS = sorted(folder.name for folder in CORPUS.iterdir() if (folder / "about.json").exists())


def request_bodies(run: str) -> list[Path]:
    """The files of the run's export requests, in the order in which they came."""
    return sorted(file for file in (CORPUS / run).iterdir() if file.stem.isdigit())


@cache
def about(run: str) -> dict:
    """What is known of the run: scenario, stack, and the tokens and cost as billed."""
    return json.loads((CORPUS / run / "about.json").read_text())


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
