"""Who runs what: users with their conversations, services in their environments and releases."""

from dataclasses import dataclass, field
from random import Random

from demo.clock import Clock
from demo.models import CHAT_MODELS
from demo.programs.registry import EVERYDAY, RUNAWAY, Program
from demo.run import Run, child_of
from demo.telemetry import Deployment, Telemetry

USERS = tuple(f"user-{number}" for number in range(1041, 1069))
SAME_CONVERSATION_SHARE = 0.35
STAGING_SHARE = 0.12
OVERLOADED_SHARE = 0.05
RELEASES = {
    "support-desk": ("2.14.0", "2.14.1"),
    "trip-planner": ("0.9.3", "0.10.0"),
    "insight-agent": ("1.6.2", "1.6.3"),
    "code-review-bot": ("5.1.0", "5.2.0"),
    "research-assistant": ("0.4.7", "0.5.0"),
    "invoice-reconciler": ("0.1.0", "0.1.0"),
}
"""By service: what runs in production, and what is tried out in staging."""


@dataclass(slots=True)
class Cast:
    """Draws runs. Remembers each user's conversation, so that some come back to it."""

    rng: Random
    telemetry: Telemetry
    _conversations: dict[str, str] = field(default_factory=dict)

    def everyday(self) -> Program:
        """A program, by its weight."""
        return self.rng.choices(EVERYDAY, weights=[program.weight for program in EVERYDAY])[0]

    def run_of(self, program: Program, *, clock: Clock) -> Run:
        """A run of this program, for some user, somewhere."""
        user_id = self.rng.choice(USERS)
        return Run(
            clock=clock,
            rng=child_of(self.rng),
            telemetry=self.telemetry,
            deployment=self._deployment(program),
            user_id=user_id,
            session_id=self._conversation(user_id),
            overloaded_provider=self._overloaded_provider(),
        )

    def _conversation(self, user_id: str) -> str:
        if user_id not in self._conversations or self.rng.random() > SAME_CONVERSATION_SHARE:
            self._conversations[user_id] = f"conv-{self.rng.getrandbits(48):012x}"
        return self._conversations[user_id]

    def _deployment(self, program: Program) -> Deployment:
        production, staging = RELEASES[program.service]
        # The incident is one of production: that is what makes it one.
        if program is not RUNAWAY and self.rng.random() < STAGING_SHARE:
            return Deployment(service=program.service, environment="staging", release=staging)
        return Deployment(service=program.service, environment="production", release=production)

    def _overloaded_provider(self) -> str | None:
        if self.rng.random() > OVERLOADED_SHARE:
            return None
        return self.rng.choice(CHAT_MODELS).provider
