"""Failures that belong to the story: their spans tell them, and nothing is wrong with the demo."""


class RunError(Exception):
    """A run cannot reach its goal."""


class ModelError(RunError):
    """The provider answered with an error. `error_type` is the provider's word for it."""

    def __init__(self, *, status: int, error_type: str, message: str) -> None:
        super().__init__(f"{status} {error_type}: {message}")
        self.status = status
        self.error_type = error_type


def overloaded(provider: str) -> ModelError:
    """The provider has no room at the moment."""
    return ModelError(
        status=529, error_type="overloaded_error", message=f"{provider} is overloaded, try again"
    )


def rate_limited(*, tokens_per_minute: int) -> ModelError:
    """The account has used up its tokens for this minute."""
    return ModelError(
        status=429,
        error_type="rate_limit_error",
        message=f"this would exceed your organization's limit of {tokens_per_minute:,} input tokens per minute",
    )
