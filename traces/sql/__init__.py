"""Named SQL: one file a statement (or one migration's statements), loaded by name."""

from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent


@cache
def load_sql(name: str) -> str:
    """The text of sql/NAME.sql; its parameters are psycopg's named ones, `%(name)s`."""
    return (FOLDER / f"{name}.sql").read_text(encoding="utf-8")
