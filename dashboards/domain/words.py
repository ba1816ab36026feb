"""Counting decisions and estimates in the words that the trace pages use."""

from decimal import Decimal

from core.units import format_usd
from traces.domain.call_reports import Reason
from traces.domain.failures import Billing

REASON_WORDS = {
    Reason.CALL: "",
    Reason.ONLY_REPORT: "Counted: no model span below tells of this usage.",
    Reason.GROWTH: "Counted with what the agent object’s running total grew by: no model span below tells of it.",
    Reason.SAME_RESPONSE: "Not counted: second report of a call with the same response id.",
    Reason.SAME_CALL_NESTED: "Not counted: second report of the call that another instrumentation tells of inside or around it.",
    Reason.SAME_CALL_OVERLAP: "Not counted: second report of a call that another instrumentation saw at the same time.",
    Reason.WRAPPER: "Not counted: this repeats what the calls below it used.",
    Reason.REMAINDER: "Counted in part: what it used beyond the calls below it that report their usage.",
    Reason.METERED_ABOVE: "Reports no usage; it is counted with the span above, which tells of more than the calls below it.",
    Reason.RUNNING_TOTAL: "Not counted: a running total of the agent object over earlier turns, which did not grow or has "
    "no id.",
    Reason.FAILED: "The call failed and reported no usage.",
    Reason.LOCAL_CACHE: "Not counted: the answer came from the application’s own cache and cost nothing.",
    Reason.UNMETERED: "The call succeeded without reporting usage; its cost is unknown.",
}


BILLING_WORDS = {
    Billing.UNBILLED: "no: the provider refused it, or could not serve it",
    Billing.BILLED: "yes, for what came before it broke; how much is not reported",
    Billing.UNKNOWN: "perhaps; nothing says so",
}


def billing_words(billing: str) -> str:
    """Whether a failed call was billed, in words."""
    return BILLING_WORDS[Billing(billing)]


def reason_words(reason: str) -> str:
    """Why a span's usage is counted or not, in a sentence, where it is not plain; an unknown reason as it is."""
    try:
        return REASON_WORDS[Reason(reason)]
    except ValueError:
        return reason


def estimate_words(*, cost_usd: Decimal | None, estimate_usd: Decimal | None, is_least: bool) -> str:
    """How the cost compares with the design estimate: `6.1× the estimate of $0.02`; empty without an estimate.

    `is_least`: some of the cost is unknown, so that the factor is a lower bound too.
    """
    if estimate_usd is None:
        return ""
    if cost_usd is None or estimate_usd == 0:
        return f"estimate {format_usd(estimate_usd)}"
    factor = cost_usd / estimate_usd
    shown = f"{factor:.0f}" if factor >= 10 else f"{factor:.1f}".removesuffix(".0")
    return f"{'at least ' if is_least else ''}{shown}× the estimate of {format_usd(estimate_usd)}"
