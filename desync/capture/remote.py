"""The octets of a capture that is named by URL, as a file of the operating system gives them.

May know URLs and the files that fsspec opens; must not know what the octets mean.
"""

from contextlib import suppress
from typing import Any, Final, Self

import numpy as np

from desync.capture.frames import Octets
from desync.capture.url import HTTP, Url, reason_of
from desync.errors import UnreadableFile

BLOCK_OCTETS: Final = 8 << 20
"""Octets asked for at a time: a request costs about as much as a megabyte."""

_VERSIONS: Final = (
    "ETag",
    "etag",
    "Content-MD5",
    "md5Hash",
    "Last-Modified",
    "LastModified",
    "last_modified",
    "updated",
    "mtime",
    "modified",
    "created",
)
"""How file systems call what changes with a file's contents, the surest first."""


class RemoteFile:
    """A file that is named by URL.

    Args:
        url: The file.
        in_order: It is read from its beginning to its end; otherwise by ``read_at`` alone, and no more is
            asked for than is read.

    Attributes:
        regular: Any process can read it again at any place.
        size: Its octets; None where it can only be read in order.

    Raises:
        UnreadableFile: It cannot be opened.
    """

    def __init__(self, url: Url, *, in_order: bool = True) -> None:
        system, path = url.file_system()
        self._url = url
        self._at = 0
        try:
            ahead = {} if in_order else {"cache_type": "none"}
            self._file: Any = system.open(path, "rb", block_size=BLOCK_OCTETS, **ahead)
            size = _size(self._file)
            in_doubt = in_order and size is not None and url.scheme in HTTP
            if in_doubt and not _gives_ranges(self._file, size or 0):
                self._file.close()
                self._file, size = system.open(path, "rb", block_size=0), None
        except Exception as error:
            raise UnreadableFile(url, reason_of(error)) from error
        self.size: int | None = size
        self.regular = size is not None and url.everywhere

    def read(self, octets: int) -> bytes:
        """Read at most this many octets; none means the end.

        Raises:
            OSError: It could not be read.
        """
        piece = self._read(octets) if self.size is None else self.read_at(self._at, octets)
        self._at += len(piece)
        return piece

    def read_at(self, offset: int, octets: int) -> bytes:
        """Read octets at a place; fewer only at the end.

        Raises:
            OSError: They could not be read.
        """
        try:
            # Files of one name may share where they stand.
            self._file.seek(offset)
        except Exception as error:
            raise OSError(None, reason_of(error)) from error
        return self._read(octets)

    def _read(self, octets: int) -> bytes:
        try:
            piece: bytes = self._file.read(octets)
        except Exception as error:
            raise OSError(None, reason_of(error)) from error
        return piece

    def close(self) -> None:
        """Close it."""
        # What was read is read: closing may fail where the connection is gone.
        with suppress(Exception):
            self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def read_range(url: Url, offset: int, octets: int) -> Octets:
    """Read a range of a file; what lies behind its end is left out.

    Raises:
        UnreadableFile: It cannot be opened.
        OSError: It could not be read.
    """
    with RemoteFile(url, in_order=False) as file:
        return np.frombuffer(file.read_at(offset, octets), dtype=np.uint8)


def version_of(url: Url) -> tuple[int, int] | None:
    """By what a file is known to be unchanged.

    Returns:
        Its octets, and a number that stands for what the file system says of its contents (an entity
        tag, a time); None where it says nothing, or there is no such file.
    """
    try:
        system, path = url.file_system()
        system.invalidate_cache()
        found = system.info(path)
    except Exception:  # noqa: BLE001 - each file system has its own errors; opening it says what is wrong
        return None
    said = next((f"{name} {found[name]}" for name in _VERSIONS if found.get(name)), None)
    if said is None or not isinstance(found.get("size"), int) or found.get("type") != "file":
        return None
    from hashlib import sha256  # noqa: PLC0415 - wanted only for URLs

    digest = sha256(said.encode()).digest()
    return found["size"], int.from_bytes(digest[:8], "big") >> 1


def sha256_of(url: Url) -> str:
    """The SHA-256 of a file's octets.

    Raises:
        OSError, UnreadableFile: It could not be read.
    """
    from hashlib import sha256  # noqa: PLC0415 - wanted only for URLs

    digest = sha256()
    with RemoteFile(url) as file:
        while piece := file.read(BLOCK_OCTETS):
            digest.update(piece)
    return digest.hexdigest()


def _size(file: Any) -> int | None:
    size = getattr(file, "size", None)
    if size is None:
        with suppress(Exception):
            file.seek(0, 2)
            size = file.tell()
            file.seek(0)
    return size if isinstance(size, int) else None


def _gives_ranges(file: Any, size: int) -> bool:
    """Whether a server gives what is asked of the middle of a file; some give all of it."""
    if size == 0:
        return True
    try:
        file.seek(size - 1)
        return len(file.read(1)) == 1
    except ValueError:
        return False
