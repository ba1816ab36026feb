"""The project's promises. A new project has no budget and no estimate, so half of its charts would have no line."""

from collections.abc import Mapping

import httpx

from demo.problems import DemoError

MONTHLY_BUDGET_USD = "300"
ESTIMATE_USD = "0.015"
TIMEOUT_S = 10.0
WISHES: Mapping[str, tuple[str, str]] = {
    "monthly_budget_usd": (MONTHLY_BUDGET_USD, "a monthly budget of $300"),
    "estimate_usd": (ESTIMATE_USD, "a design estimate of $0.015 a trace"),
}
"""By field of the REST project: the value for one that is not set, and its words."""


def complete_project(dashboard_url: str, *, headers: Mapping[str, str]) -> list[str]:
    """Set the budget and the estimate of the key's project where nobody has; what was set, in words.

    DemoError where the pages cannot be reached. A key that may not write changes nothing.
    """
    with httpx.Client(
        base_url=dashboard_url, headers=dict(headers), timeout=TIMEOUT_S, trust_env=False
    ) as client:
        try:
            project = client.get("/api/v1/project").raise_for_status().json()
            missing = {name: value for name, (value, _) in WISHES.items() if project[name] is None}
            if not missing:
                return []
            answer = client.patch("/api/v1/project", json=missing)
            if answer.status_code == httpx.codes.FORBIDDEN:
                return []
            answer.raise_for_status()
        except httpx.HTTPError as error:
            raise DemoError(f"{dashboard_url} cannot be asked for its project: {error}") from error
    return [WISHES[name][1] for name in missing]
