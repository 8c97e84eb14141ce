"""Everything that desync raises on purpose.

    DesyncError
    ├── CaptureError          a capture cannot be analysed at all
    │   ├── NotACapture       its first octets are those of no known format
    │   └── UnreadableFile    the operating system would not hand it over
    ├── DialogueError         a written dialogue for `desync craft` is wrong
    └── UsageError            the caller asked for something that is not there

What is wrong *inside* a capture is no exception but a problem in the report: the rest
of the file and of the batch go on. Imports nothing.
"""


class DesyncError(Exception):
    """Base of all errors that desync raises on purpose."""


class FileError(DesyncError):
    """A file cannot be used.

    Args:
        path: The file, as the caller named it.
        reason: What is wrong, with offset, octets needed and octets present where they matter.
    """

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(path, reason)
        self.path = path
        self.reason = reason

    def __str__(self) -> str:
        return f"{self.path}: {self.reason}"


class CaptureError(FileError):
    """A capture cannot be analysed at all."""


class NotACapture(CaptureError):  # noqa: N818 - a kind of file, said as such
    """The first octets are those of no known capture format."""


class UnreadableFile(CaptureError):  # noqa: N818 - a kind of file, said as such
    """The operating system would not hand the file over."""


class DialogueError(DesyncError):
    """A written dialogue for ``desync craft`` is wrong; names the line."""


class UsageError(DesyncError):
    """The caller asked for something that is not there: a stream, a code."""
