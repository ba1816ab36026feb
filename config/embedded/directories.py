"""Folders that hold data and secrets, and who may reach them."""

import os
import struct
from collections.abc import Iterator
from pathlib import Path

from config.embedded.account import Account
from config.embedded.errors import StartError

# linux/posix_acl_xattr.h: a version, then entries of tag, permissions and id.
ACL_NAME = "system.posix_acl_access"
ACL_VERSION = struct.Struct("<I")
ACL_ENTRY = struct.Struct("<HHI")
ACL_USER_OBJ, ACL_USER, ACL_GROUP_OBJ, ACL_GROUP, ACL_MASK, ACL_OTHER = 0x01, 0x02, 0x04, 0x08, 0x10, 0x20
ACL_NO_ID = 0xFFFFFFFF
ACL_SEARCH = 0x01

AclEntry = tuple[int, int, int]


def data_directory_prepare(path: Path, *, account: Account | None) -> None:
    """Make the data directory: ours alone, or for root passable so that `account` reaches its part of it."""
    try:
        path.mkdir(parents=True, exist_ok=True)
        path.chmod(0o700 if account is None else 0o711)
    except OSError as error:
        raise StartError(
            f"The data directory {path} cannot be used ({error.strerror}): "
            "set LINESIDE_DATA_DIR to a directory that you may write to."
        ) from error


def private_directory(path: Path, *, account: Account | None) -> None:
    """Make a folder that only `account` (or we ourselves) can enter."""
    path.mkdir(mode=0o700, exist_ok=True)
    path.chmod(0o700)
    if account is not None:
        os.chown(path, account.uid, account.gid)


def reach_grant(path: Path, *, account: Account) -> Iterator[Path]:
    """Let `account` pass through every folder above `path`; give the ones that had to be opened for it.

    A home that only its owner may enter stays closed to everybody else: the access-control list of the
    folder gets one more entry, the right to pass for this one user.
    """
    while (closed := first_closed(path, account=account)) is not None:
        try:
            _grant_search(closed, uid=account.uid)
        except OSError as error:
            raise _unreachable(path, closed=closed, account=account) from error
        if first_closed(path, account=account) == closed:
            raise _unreachable(path, closed=closed, account=account)
        yield closed


def first_closed(path: Path, *, account: Account) -> Path | None:
    """The topmost folder on the way to `path` that `account` may not pass; asked of the kernel, as that user."""
    folders = [*reversed(path.parents)]
    pid = os.fork()
    if pid == 0:  # the child answers by its exit code: a path has fewer than 250 parts
        os.setgroups([])
        os.setgid(account.gid)
        os.setuid(account.uid)
        closed = (index for index, folder in enumerate(folders) if not os.access(folder, os.X_OK))
        os._exit(next(closed, 255))
    _, status = os.waitpid(pid, 0)
    index = os.waitstatus_to_exitcode(status)
    return folders[index] if 0 <= index < len(folders) else None


def _unreachable(path: Path, *, closed: Path, account: Account) -> StartError:
    return StartError(
        f"Postgres does not run as root, and the system user “{account.name}” may not pass {closed} to reach "
        f"{path}: run `chmod o+x {closed}`, or keep Lineside and its LINESIDE_DATA_DIR somewhere else."
    )


def _grant_search(folder: Path, *, uid: int) -> None:
    entries = _acl_read(folder)
    others = [entry for entry in entries if entry[0] != ACL_MASK and (entry[0], entry[2]) != (ACL_USER, uid)]
    entries = [*others, (ACL_USER, ACL_SEARCH, uid)]
    # The mask bounds what named users and groups get; it has to let through what each of them has.
    granted = (permissions for tag, permissions, _ in entries if tag in (ACL_USER, ACL_GROUP_OBJ, ACL_GROUP))
    mask = 0
    for permissions in granted:
        mask |= permissions
    entries.append((ACL_MASK, mask, ACL_NO_ID))
    packed = b"".join(
        ACL_ENTRY.pack(*entry) for entry in sorted(entries, key=lambda entry: (entry[0], entry[2]))
    )
    os.setxattr(folder, ACL_NAME, ACL_VERSION.pack(2) + packed)


def _acl_read(folder: Path) -> list[AclEntry]:
    try:
        stored = os.getxattr(folder, ACL_NAME)
    except OSError:  # none stored: the mode bits are the list
        mode = folder.stat().st_mode
        return [
            (ACL_USER_OBJ, mode >> 6 & 7, ACL_NO_ID),
            (ACL_GROUP_OBJ, mode >> 3 & 7, ACL_NO_ID),
            (ACL_OTHER, mode & 7, ACL_NO_ID),
        ]
    return [
        (tag, permissions, number)
        for tag, permissions, number in ACL_ENTRY.iter_unpack(stored[ACL_VERSION.size :])
    ]
