"""A private temporary file for what is finished, so that it does not stay in memory.

May know files; must not know what is in the values.
"""

import pickle
import tempfile
from dataclasses import dataclass, field
from typing import IO, Any


@dataclass(frozen=True, slots=True)
class Spool:
    """Values on disk, each known by where it begins.

    The file has no name (or loses it at once), is readable by nobody else, and is gone with the
    process. What is read back is what this process or one of its workers wrote: nothing from a
    capture is unpickled.
    """

    _file: IO[bytes] = field(default_factory=tempfile.TemporaryFile)

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
        """
        at = self._file.seek(0, 2)
        self._file.write(octets)
        return at

    def get(self, at: int) -> Any:
        """Read a value."""
        self._file.seek(at)
        return pickle.load(self._file)  # noqa: S301 - written by this process or its workers

    def __del__(self) -> None:
        self.close()

    def close(self) -> None:
        """Give the disk space back."""
        self._file.close()
