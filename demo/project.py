"""The project's promises and thresholds. A new project has none, so half of its pages would have nothing to say."""

import contextlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx

from demo.problems import DemoError

TIMEOUT_S = 10.0

PROMISES: Mapping[str, tuple[str, str]] = {
    "monthly_budget_usd": ("300", "a monthly budget of $300"),
    "estimate_usd": ("0.015", "a design estimate of $0.015 a trace"),
}
"""By field of the REST project: the value for one that is not set, and its words."""

RULES: tuple[tuple[Mapping[str, Any], str], ...] = (
    (
        {
            "name": "Slow for the user",
            "metric": "trace_latency_ns",
            "threshold": 45_000_000_000,
            "filter": 'service != "support-desk"',  # there, runs wait for a person
            "severity": "warning",
        },
        "a threshold of 45 s on Trace Latency (but for the support desk, where runs wait for a person)",
    ),
    (
        {
            "name": "Expensive run",
            "metric": "trace_cost_usd",
            "threshold": "1",
            "severity": "critical",
        },
        "a threshold of $1 on Token Cost per Trace",
    ),
)
"""As alerts/rules takes them, with their words."""


@dataclass(frozen=True, slots=True)
class Project:
    """The key's project, over REST. What somebody has set is never changed; a key that may neither read nor write changes
    nothing."""

    dashboard_url: str
    headers: Mapping[str, str] = field(repr=False)

    def set_missing_promises(self) -> list[str]:
        """Set the budget and the estimate where there is none; what was set, in words. DemoError where the pages
        cannot be reached."""
        with self._client() as client, _told_as_problems(self.dashboard_url):
            answer = client.get("project")
            if answer.status_code == httpx.codes.FORBIDDEN:
                return []
            project = answer.raise_for_status().json()
            missing = {name: value for name, (value, _) in PROMISES.items() if project[name] is None}
            is_set = bool(missing) and _is_done(client.patch("project", json=missing))
        return [PROMISES[name][1] for name in missing] if is_set else []

    def set_missing_rules(self) -> list[str]:
        """Add two thresholds where the project has none at all; what was added, in words."""
        with self._client() as client, _told_as_problems(self.dashboard_url):
            answer = client.get("alerts/rules", params={"limit": 1})
            if answer.status_code == httpx.codes.FORBIDDEN or answer.raise_for_status().json()["results"]:
                return []
            return [words for rule, words in RULES if _is_done(client.post("alerts/rules", json=dict(rule)))]

    def _client(self) -> httpx.Client:
        return httpx.Client(
            base_url=f"{self.dashboard_url}/api/v1/",
            headers=dict(self.headers),
            timeout=TIMEOUT_S,
            trust_env=False,
        )


@contextlib.contextmanager
def _told_as_problems(dashboard_url: str) -> Iterator[None]:
    try:
        yield
    except httpx.HTTPError as error:
        raise DemoError(f"{dashboard_url} cannot be asked about its project: {error}") from error


def _is_done(answer: httpx.Response) -> bool:
    """Whether a change was accepted; that it is not allowed, or too late for the project's promises, is no failure."""
    if answer.status_code in (httpx.codes.BAD_REQUEST, httpx.codes.FORBIDDEN):
        return False
    answer.raise_for_status()
    return True
