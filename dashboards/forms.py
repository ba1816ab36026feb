"""What a reader may ask of the pages, parsed and checked."""

from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import urlencode

from django import forms

from core.clock import ns_from_datetime
from dashboards.domain.ranges import RANGES
from traces.domain.filters import (
    STATUSES,
    Expression,
    FilterError,
    all_of,
    compare,
    contains_text,
    parse_filter,
)
from traces.selectors.rows import TraceChoices
from traces.selectors.traces import TraceQuery


def _duration_expression(text: str) -> Expression:
    """A bare number counts seconds, as people say it; the filter language wants the unit said."""
    return compare("duration", ">=", f"{text}s" if text.replace(".", "", 1).isdecimal() else text)


class TraceFilterForm(forms.Form):
    """The filter of the traces list. Every field is a way to write a part of the filter language, and all parts are
    joined by "and" with what `q` says."""

    range = forms.ChoiceField(
        label="Time",
        required=False,
        choices=[
            ("", "All time"),
            *((name, one.words.removeprefix("the ").capitalize()) for name, one in RANGES.items()),
        ],
    )
    status = forms.ChoiceField(
        label="Status",
        required=False,
        choices=[("", "Any"), *((status, status) for status in STATUSES)],
    )
    agent = forms.CharField(label="Agent", required=False, max_length=200)
    model = forms.CharField(label="Model", required=False, max_length=200)
    min_duration = forms.CharField(
        label="Duration from",
        required=False,
        max_length=40,
        widget=forms.TextInput(attrs={"placeholder": "5s", "size": 6}),
    )
    min_cost = forms.CharField(
        label="Cost from",
        required=False,
        max_length=40,
        widget=forms.TextInput(attrs={"placeholder": "$0.10", "size": 6, "inputmode": "decimal"}),
    )
    text = forms.CharField(
        label="Text",
        required=False,
        max_length=200,
        widget=forms.SearchInput(attrs={"placeholder": "name, session, user, error, id"}),
    )
    q = forms.CharField(
        label="Filter",
        required=False,
        widget=forms.TextInput(
            attrs={
                "placeholder": 'agent = planner and cost >= $0.10 and not model ~ "gpt-4o*"',
                "spellcheck": "false",
                "autocapitalize": "none",
                "autocomplete": "off",
            }
        ),
    )
    since = forms.DateTimeField(label="Since", required=False, widget=forms.HiddenInput)
    until = forms.DateTimeField(label="Until", required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any, *, choices: TraceChoices | None = None) -> None:
        """`choices` are offered for agents and models; without them the fields take any text (a partial)."""
        super().__init__(data)
        for name, offered in (("agent", choices and choices.agents), ("model", choices and choices.models)):
            self.fields[name].widget = forms.Select(
                choices=_offer(offered or (), present=self.data.get(name))
            )
        for name, field in self.fields.items():
            field.widget.attrs.setdefault("aria-describedby", f"id_{name}_error")

    def clean_agent(self) -> Expression | None:
        """`agent = …`."""
        return self._part("agent", lambda text: compare("agent", "=", text))

    def clean_model(self) -> Expression | None:
        """`model = …`."""
        return self._part("model", lambda text: compare("model", "=", text))

    def clean_status(self) -> Expression | None:
        """`status = …`."""
        return self._part("status", lambda text: compare("status", "=", text))

    def clean_min_duration(self) -> Expression | None:
        """`duration >= …`."""
        return self._part("min_duration", _duration_expression)

    def clean_min_cost(self) -> Expression | None:
        """`cost >= …`."""
        return self._part("min_cost", lambda text: compare("cost", ">=", text))

    def clean_text(self) -> Expression | None:
        """The text as a whole, found in what names a trace."""
        return self._part("text", contains_text)

    def clean_q(self) -> Expression | None:
        """The filter as it was written."""
        return self._part("q", parse_filter)

    def _part(self, name: str, build: Callable[[str], Expression]) -> Expression | None:
        text: str = self.cleaned_data[name]
        if not text:
            return None
        try:
            return build(text)
        except FilterError as error:
            place = f" (at character {error.position + 1})" if name == "q" else ""
            raise forms.ValidationError(f"{error.message}{place}") from error

    @property
    def is_filtering(self) -> bool:
        """Some field narrows the list."""
        return bool(self.filled())

    @property
    def is_filtering_by_field(self) -> bool:
        """Some field besides the filter box is filled in."""
        return bool(self.filled().keys() - {"q"})

    def filled(self) -> dict[str, str]:
        """The fields that were filled in, as they were written."""
        return {name: value for name in self.fields if (value := str(self.data.get(name) or "").strip())}

    def query_string(self, **extra: str) -> str:
        """The shortest address that asks the same: `?agent=planner&…`, empty when nothing is filled in."""
        filled = self.filled() | {name: value for name, value in extra.items() if value}
        return f"?{urlencode(filled)}" if filled else ""

    def trace_query(self, *, now_ns: int) -> TraceQuery:
        """What the selectors understand. The form must be valid."""
        parts = ("status", "agent", "model", "min_duration", "min_cost", "text", "q")
        expressions = [self.cleaned_data[name] for name in parts if self.cleaned_data[name] is not None]
        return TraceQuery(
            since_ns=self._since_ns(now_ns=now_ns),
            until_ns=ns_from_datetime(until) if (until := self.cleaned_data["until"]) else None,
            expression=all_of(expressions) if expressions else None,
        )

    def _since_ns(self, *, now_ns: int) -> int | None:
        """The later of the chosen range and the exact moment, where both are given."""
        moments = []
        if since := self.cleaned_data["since"]:
            moments.append(ns_from_datetime(since))
        if chosen := self.cleaned_data["range"]:
            moments.append(now_ns - RANGES[chosen].span_ns)
        return max(moments, default=None)


def _offer(offered: Iterable[str], *, present: str | None) -> list[tuple[str, str]]:
    """Options of a select; the present value is among them even when only older traces have it."""
    values = sorted({*offered, *([present] if present else [])})
    return [("", "Any"), *((value, value) for value in values)]
