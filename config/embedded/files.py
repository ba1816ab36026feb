"""Files that hold secrets."""

import os
from pathlib import Path

from config.embedded.account import Account


def write_private(path: Path, text: str, *, account: Account | None = None) -> None:
    """Replace a file in one step by one that only its owner (`account`, else ourselves) can read."""
    beside = path.with_name(f"{path.name}.new")
    beside.unlink(missing_ok=True)
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
        file.flush()
        os.fsync(descriptor)
        if account is not None:
            os.fchown(descriptor, account.uid, account.gid)
    beside.rename(path)
