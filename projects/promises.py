"""Tells whoever relies on a project's promises (timeout, budget) that they moved.

The rooms above register what they check; this one knows none of them.
"""

from collections.abc import Callable

from projects.models import Project

PromiseCheck = Callable[[Project], list[str]]
"""What the project's promises, as they are now, make useless: a sentence each."""

_checks: list[PromiseCheck] = []


def promise_check_add(check: PromiseCheck) -> None:
    """Ask this check too; once, when an app is ready."""
    _checks.append(check)


def promise_conflicts(project: Project) -> list[str]:
    """What everybody who checks has to say about the project's promises as they are now."""
    return [sentence for check in _checks for sentence in check(project)]
