"""A private temporary file for what is finished, so that it does not stay in memory; a little may.

May know files; must not know what is in the values.
"""

import pickle
from contextlib import suppress
from dataclasses import dataclass, field
from io import BytesIO
from typing import IO, Any, Final

from desync.errors import DesyncError

IN_MEMORY: Final = 1 << 20
"""Octets up to which there is no file: what is found in a small capture needs none."""


class SpoolFull(DesyncError):  # noqa: N818 - what happened, said as such
    """There is no room for temporary files."""


@dataclass(slots=True)
class Spool:
    """Values on disk, each known by where it begins.

    The file has no name (or loses it at once), is readable by nobody else, and is gone with the
    process. What is read back is what this process or one of its workers wrote: nothing from a
    capture is unpickled.
    """

    _file: IO[bytes] = field(default_factory=BytesIO)

    def put(self, value: Any) -> int:
        """Write a value.

        Returns:
            Where it begins, for ``get``.
        """
        return self.put_pickled(pickle.dumps(value, pickle.HIGHEST_PROTOCOL))

    def put_pickled(self, octets: bytes) -> int:
        """Write values that are pickled already, one behind the other.

        Returns:
            Where the first begins, for ``get``.

        Raises:
            SpoolFull: There is no room for it.
        """
        try:
            at = self._file.seek(0, 2)
            if isinstance(self._file, BytesIO) and at + len(octets) > IN_MEMORY:
                self._file = _on_disk(self._file)
            self._file.write(octets)
        except OSError as error:
            raise _full(error) from error
        return at

    def get(self, at: int) -> Any:
        """Read a value.

        Raises:
            SpoolFull: There is no room for what was written before it.
        """
        try:
            self._file.seek(at)
        except OSError as error:
            raise _full(error) from error
        return pickle.load(self._file)  # noqa: S301 - written by this process or its workers

    def __del__(self) -> None:
        self.close()

    def close(self) -> None:
        """Give the disk space back."""
        # What could not be written before cannot be written now.
        with suppress(OSError):
            self._file.close()


def _on_disk(held: BytesIO) -> IO[bytes]:
    """A file that holds what was in memory, ready to be written on."""
    import tempfile  # noqa: PLC0415 - brings every module for compression along, and most scans need no file

    file = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the spool
    try:
        file.write(held.getbuffer())
    except OSError:
        with suppress(OSError):
            file.close()
        raise
    return file


def _full(error: OSError) -> SpoolFull:
    reason = error.strerror or str(error)
    return SpoolFull(f"no room for temporary files: {reason}; TMPDIR names the directory for them")
