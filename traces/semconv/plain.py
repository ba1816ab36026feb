"""Names that programs give by themselves, without any convention: believed last."""

from traces.semconv.convention import Convention

CONVENTION = Convention(
    name="plain",
    source="what people write by hand",
    fields={
        "session_id": ("session_id", "conversation_id", "thread_id"),
        "user_id": ("user_id",),
        "thread_id": ("thread_id",),
    },
)
