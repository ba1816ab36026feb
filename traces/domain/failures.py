"""Whether a failed model call was billed.

No provider bills a request that it refuses or cannot serve: Anthropic (docs.anthropic.com, errors: 4xx and 529 end
without a message), OpenAI (help.openai.com: failed requests are not charged), Google (ai.google.dev, billing: requests
that fail with 400 or 500 are not charged, though they count against the quota), Bedrock (throttled and invalid requests
have no usage). A stream that ends in the middle was billed for what came; whether a call was that the caller gave up is
not known to the caller.
"""

import re
from enum import StrEnum
from functools import lru_cache


class Billing(StrEnum):
    """What a failed call cost: nothing, an unknown sum, or maybe something."""

    UNBILLED = "unbilled"
    BILLED = "billed"
    UNKNOWN = "unknown"


_CUT = re.compile(
    r"incomplete ?read|incomplete ?message|remote ?protocol|chunked ?encoding|stream\w* (?:was )?(?:cut|interrupted|aborted|"
    r"closed)|generator ?exit|premature close|connection (?:reset|closed|lost)|peer closed",
    re.IGNORECASE,
)
_GIVEN_UP = re.compile(r"time ?out|timed out|cancel|abort|deadline", re.IGNORECASE)
_STATUS = re.compile(r"\b(?:status(?:[ _]?code)?|error code|http)[: =]*([45]\d\d)\b", re.IGNORECASE)
_REFUSED = re.compile(
    r"rate[ _]?limit|throttl|too[ _]?many[ _]?requests|quota|bad[ _]?request|invalid|validation|unprocessable|authentication|"
    r"unauthorized|permission|forbidden|not[ _]?found|context[ _]?(?:window|length)|too (?:long|large)|content[ _]?(?:policy|filter)|"
    r"overloaded|(?:service|temporarily|currently)[ _]?unavailable|internal[ _]?server|server[ _]?error|server had an error|"
    r"bad[ _]?gateway|at capacity|credit balance|incorrect api key|api[ _]?connection[ _]?error|connect[ _]?error|cannot connect|"
    r"connection[ _]?refused|resource[ _]?exhausted",
    re.IGNORECASE,
)


@lru_cache(maxsize=4096)
def billing_of_failure(*, http_status: int | None, error_type: str | None, message: str | None) -> Billing:
    """Whether a call that failed without reporting usage was billed, from the most certain evidence there is.

    The HTTP status of the answer; else what the error says: a stream that was cut, a caller that gave up, a refusal.
    """
    text = f"{error_type or ''} {message or ''}"
    if _CUT.search(text):
        return Billing.BILLED
    status = http_status or _status_in(text)
    if status is not None and 400 <= status <= 599 and status != 408:
        return Billing.UNBILLED
    if _GIVEN_UP.search(text):
        return Billing.UNKNOWN
    return Billing.UNBILLED if _REFUSED.search(text) else Billing.UNKNOWN


def _status_in(text: str) -> int | None:
    found = _STATUS.search(text)
    return int(found[1]) if found else None
