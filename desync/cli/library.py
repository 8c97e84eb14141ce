"""The library calls that the command line makes, in one place.

May know the names of the library; must not know click or the terminal.

The library brings NumPy along, which takes longer to import than ``desync --help`` takes to
run. Therefore it is imported inside the calls.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias

from desync.report.rungs import Ladder

Progress: TypeAlias = Callable[[str, int, int], None]
"""Called with a path, and how many octets of the file as stored and how many frames came on top."""


@dataclass(frozen=True, slots=True)
class Request:
    """What the command line asks of a scan.

    Attributes:
        ports: Ports that mail is expected on, besides the usual ones.
        hosts: Addresses; connections of others are left out. Empty: all.
        since, until: Nanoseconds since 1970 UTC, half-open, or None.
        select, ignore: Codes of findings to keep (empty: all) and to leave out.
        jobs: Processes that analyse slices.
        hash: Whether to hash the inputs (SHA-256).
        details: Whether clean connections will be shown too.
    """

    ports: tuple[int, ...] = ()
    hosts: tuple[str, ...] = ()
    since: int | None = None
    until: int | None = None
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    jobs: int = 1
    hash: bool = False
    details: bool = False


class Refused(Protocol):
    """A file that could not be analysed."""

    @property
    def path(self) -> str:
        """The file, as it was named or met."""

    @property
    def reason(self) -> str:
        """Why it could not be analysed."""

    @property
    def named(self) -> bool:
        """Whether it is an error: False for what was only met in a directory and is no capture."""


class Report(Protocol):
    """What the command line needs to know of a report."""

    @property
    def refused(self) -> Sequence[Refused]:
        """Files that could not be analysed."""

    @property
    def damaged(self) -> bool:
        """Whether a capture was truncated or damaged."""

    @property
    def analysed(self) -> int:
        """Captures that were analysed."""

    def document(self, all: bool = False) -> Mapping[str, Any]:  # noqa: A002, FBT001, FBT002 - the library's word
        """Build the report's document."""


def scan(paths: Sequence[str], request: Request, progress: Progress | None) -> Report:
    """Analyse captures.

    Args:
        paths: Files, directories, patterns, or ``-``, as the caller wrote them.
        request: What is asked for.
        progress: Told how far it has come.
    """
    from desync.analysis.options import Options  # noqa: PLC0415 - brings NumPy along
    from desync.report.report import scan as scan_captures  # noqa: PLC0415 - brings NumPy along

    options = Options(
        ports=request.ports,
        hosts=request.hosts,
        since=request.since,
        until=request.until,
        select=request.select,
        ignore=request.ignore,
        jobs=request.jobs,
        hash=request.hash,
        details=request.details,
    )
    report: Report = scan_captures(paths, options=options, progress=progress)
    return report


def ladder(path: str, stream: int, ports: tuple[int, ...]) -> Ladder:
    """Collect the segments of one connection.

    Raises:
        CaptureError: The capture cannot be analysed.
        UsageError: It has no such stream.
    """
    from desync.analysis.options import Options  # noqa: PLC0415 - brings NumPy along
    from desync.report.report import ladder as ladder_of  # noqa: PLC0415 - brings NumPy along

    found: Ladder = ladder_of(path, stream, Options(ports=ports))
    return found
