"""Where the octets of a capture come from: a file, standard input or a URL, as stored.

May know file descriptors and remote files; must not know what the octets mean.
"""

import os
import stat
from typing import Final

from desync.capture.remote import RemoteFile
from desync.capture.url import Url
from desync.errors import UnreadableFile

READ_OCTETS: Final = 1 << 16
"""Octets asked of a pipe at a time."""

STANDARD_INPUT: Final = 0


class StoredFile:
    """The octets of one input as they are stored, read in order.

    Args:
        path: The file, or its URL (``capture.url.named``); ``-`` is standard input.

    Attributes:
        size: Octets of the file as stored; None for a pipe until it has been read.
        regular: The file can be read again at any place.
        failure: What the operating system said when reading failed, else None.

    Raises:
        UnreadableFile: The file cannot be opened. Failing later is no exception but ``failure``.
    """

    def __init__(self, path: str) -> None:
        self.path = path
        self.failure: str | None = None
        self._taken = 0
        self._ahead = b""
        self._descriptor = -1
        self._remote: RemoteFile | None = None
        if isinstance(path, Url):
            self._remote = RemoteFile(path)
            self.regular = self._remote.regular
            self.size: int | None = self._remote.size
            return
        try:
            self._descriptor = _open(path)
            status = os.fstat(self._descriptor)
        except (OSError, ValueError) as error:
            raise UnreadableFile(path, _reason(error)) from error
        if stat.S_ISDIR(status.st_mode):
            self.close()
            raise UnreadableFile(path, "is a directory")
        self.regular = path != "-" and stat.S_ISREG(status.st_mode)
        # A file that grows while it is read ends where it ended when it was opened.
        self.size = status.st_size if self.regular else None

    def read(self, octets: int) -> bytes:
        """Read at most this many octets; no octets means the end."""
        if self._ahead:
            piece, self._ahead = self._ahead[:octets], self._ahead[octets:]
            return piece
        wanted = octets if self.size is None else min(octets, self.size - self._taken)
        piece = self._read_whole(wanted)
        self._taken += len(piece)
        return piece

    def _read_whole(self, octets: int) -> bytes:
        # A pipe hands over what it has; what is made of the octets must not depend on that.
        pieces, missing = [], octets
        while missing > 0 and self.failure is None:
            try:
                piece = self._read_some(missing)
            except OSError as error:
                self.failure = _reason(error)
                break
            if not piece:
                break
            pieces.append(piece)
            missing -= len(piece)
        return pieces[0] if len(pieces) == 1 else b"".join(pieces)

    def _read_some(self, octets: int) -> bytes:
        if self._remote is not None:
            return self._remote.read(octets)
        return os.read(self._descriptor, octets)

    def again(self, octets: int, more: int) -> bytes | None:
        """Read the last octets once more and those behind them, in one piece.

        Args:
            octets: How many of the octets read last.
            more: How many behind them at most.

        Returns:
            All of them; None where the input cannot be read so, or has become shorter.
        """
        if self.size is None or self._remote is not None or self._ahead or self.failure is not None:
            return None
        start = self._taken - octets
        wanted = min(octets + more, self.size - start)
        try:
            piece = os.pread(self._descriptor, wanted, start)
            if len(piece) < wanted:
                return None
            self._taken = os.lseek(self._descriptor, start + wanted, os.SEEK_SET)
        except OSError:
            return None
        return piece

    def peek(self, octets: int) -> bytes:
        """Look at the first octets without taking them; fewer only where the input is shorter."""
        while len(self._ahead) < octets:
            ahead, self._ahead = self._ahead, b""
            piece = self.read(max(READ_OCTETS, octets - len(ahead)))
            self._ahead = ahead + piece
            if not piece:
                break
        return self._ahead[:octets]

    @property
    def taken(self) -> int:
        """Octets read from the operating system so far."""
        return self._taken

    def close(self) -> None:
        """Close the file; standard input stays open."""
        if self._remote is not None:
            self._remote.close()
        if self._descriptor >= 0 and self.path != "-":
            os.close(self._descriptor)
        self._descriptor = -1


def _open(path: str) -> int:
    if path == "-":
        return STANDARD_INPUT
    return os.open(path, os.O_RDONLY | os.O_CLOEXEC)


def _reason(error: Exception) -> str:
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return str(error)
