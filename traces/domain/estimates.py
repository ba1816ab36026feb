"""What a model call that reports no usage may have cost, by the text that it carried. A guess, and always marked so."""

from traces.domain.pricing import Billed, Price, PriceBook, price_call
from traces.semconv.details import SpanDetails
from traces.semconv.tokens import Usage

BYTES_A_TOKEN = 4
"""OpenAI and Google both give four characters of English a token (help.openai.com, "What are tokens"; ai.google.dev,
"Understand and count tokens"); bytes of UTF-8 instead of characters, since other scripts take more tokens each."""


def estimate_call(call: Billed, *, details: SpanDetails, book: PriceBook) -> Price | None:
    """The price of the tokens that the call's text makes, none of them cached; None where it carried no text, or its
    model has no price, or the project wants no estimates."""
    size = details.get("text_bytes")
    if size is None or not book.estimates_unmetered:
        return None
    given, produced = (-(-length // BYTES_A_TOKEN) for length in size)
    return price_call(call, Usage(given, 0, 0, produced, None), details=details, book=book)
