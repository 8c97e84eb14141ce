"""The library calls that the command line makes, in one place.

May know the names of the library; must not know click or the terminal.

The library brings NumPy along, which takes longer to import than ``desync --help`` takes to
run. Therefore it is imported inside the calls.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import IO, Any, Literal, Protocol, TypeAlias

from desync.analysis.options import Options
from desync.errors import CaptureError
from desync.report.rungs import Ladder

Side: TypeAlias = Literal["client", "server"]

Progress: TypeAlias = Callable[[str, int, int], None]
"""Called with a path, and how many octets of the file as stored and how many frames came on top; with
neither when the file is done, a capture or not."""


class Came(Protocol):
    """What reading captures came to."""

    @property
    def unreadable(self) -> Sequence[tuple[str, str]]:
        """Paths that could not be analysed though they were named, each with the reason."""

    @property
    def damaged(self) -> bool:
        """Whether a capture was truncated or damaged."""

    @property
    def analysed(self) -> int:
        """Captures that were analysed."""


class Report(Came, Protocol):
    """What the command line needs to know of a report."""

    @property
    def remarks(self) -> Sequence[tuple[str, str]]:
        """What is worth saying of captures though nothing is wrong with them, each with the path."""

    def view(self, all: bool = False) -> Mapping[str, Any]:  # noqa: A002, FBT001, FBT002 - the library's word
        """Build the report's document, its longest lists made as they are read."""


class StoredReport(Report, Protocol):
    """What the command line needs to know of a report in a case."""

    @property
    def everything(self) -> bool:
        """Whether clean connections and notes are in it."""

    @property
    def finished(self) -> bool:
        """Whether no later run was stopped before its end."""


class Evidence(Came, Protocol):
    """What the command line needs to know of an annotated capture."""

    @property
    def left_out(self) -> Sequence[str]:
        """Why connections that were asked for are not in it."""

    @property
    def digests(self) -> Mapping[str, str | None]:
        """The SHA-256 of each capture, by its path."""

    def write(self, stream: IO[bytes]) -> int:
        """Write it, and say how many frames it has."""


def scan(paths: Sequence[str], options: Options, progress: Progress | None) -> Report:
    """Analyse captures.

    Args:
        paths: Files, directories, patterns, or ``-``, as the caller wrote them.
        options: What is asked for.
        progress: Told how far it has come.
    """
    from desync.report.report import scan as scan_captures  # noqa: PLC0415 - brings NumPy along

    return scan_captures(paths, options=options, progress=progress)


def scan_into(
    case: str, paths: Sequence[str], options: Options, progress: Progress | None, *, verify: bool
) -> tuple[Report, Mapping[str, Any]]:
    """Analyse captures, with a case that knows some of them and keeps the rest.

    Args:
        case: The case; made where there is none.
        paths: As for ``scan``.
        options: What is asked for.
        progress: Told how far it has come.
        verify: Whether known captures are hashed again.

    Returns:
        The report, and the document that the case holds now.

    Raises:
        CaseError: The case cannot be used.
    """
    from desync.archive.case.case import Case  # noqa: PLC0415 - brings NumPy along
    from desync.report.report import scan as scan_captures  # noqa: PLC0415 - brings NumPy along

    with Case(case, options, verify=verify) as opened:
        report = scan_captures(paths, options=options, progress=progress, store=opened.work)
        document = report.view(all=options.details)
        opened.finish(document, [path for path, _ in report.unreadable], damaged=report.damaged)
        return report, document


def stored(case: str) -> StoredReport:
    """The report that a case holds.

    Raises:
        CaseError: The case cannot be used, or holds no report yet.
    """
    from desync.archive.case.case import stored_report  # noqa: PLC0415 - brings NumPy along

    return stored_report(case)


def is_capture(path: str) -> bool:
    """Whether a file begins as a capture does, or as an archive."""
    from desync.capture.archives import open_members  # noqa: PLC0415 - brings NumPy along
    from desync.capture.open import CaptureReader  # noqa: PLC0415 - brings NumPy along

    try:
        for one in open_members(path):
            if isinstance(one, CaptureError) or one.path != path:
                return True
            with CaptureReader(one):
                return True
    except CaptureError:
        pass
    return False


def ladder(path: str, stream: int, options: Options, *, redact: bool = False) -> Ladder:
    """Collect the segments of one connection.

    Args:
        path: The capture.
        stream: The connection's number.
        options: What is asked for.
        redact: Whether pseudonyms stand for names and addresses.

    Raises:
        CaptureError: The capture cannot be analysed.
        UsageError: It has no such stream.
    """
    from desync.report.redacted.names import Names  # noqa: PLC0415 - seldom asked for
    from desync.report.show import ladder as ladder_of  # noqa: PLC0415 - brings NumPy along

    return ladder_of(path, stream, options, Names() if redact else None)


def redacted(document: Mapping[str, Any]) -> Mapping[str, Any]:
    """A report, or a comparison of two archives or two points, with pseudonyms."""
    from desync.report.redacted.pairs import redacted_document  # noqa: PLC0415 - seldom asked for

    return redacted_document(document)


def letter(
    path: str, stream: int, side: Side, options: Options, *, redact: bool
) -> tuple[str | None, Sequence[str]]:
    """The letter to one side of a connection, or None; and codes of what is not in it.

    Raises:
        CaptureError: The capture cannot be analysed.
        UsageError: It has no such stream.
    """
    from desync.report.letter.from_capture import letter_of  # noqa: PLC0415 - brings NumPy along
    from desync.report.redacted.names import Names  # noqa: PLC0415 - seldom asked for

    return letter_of(path, stream, side, options, Names() if redact else None)


def evidence(
    paths: Sequence[str],
    options: Options,
    progress: Progress | None,
    *,
    streams: Sequence[int],
    codes: Sequence[str],
    private: bool,
    rename: bool,
) -> Evidence:
    """Find connections for an annotated capture.

    Args:
        paths: Files, directories or patterns.
        options: What decides the analysis.
        progress: Told how far it has come.
        streams: Numbers of connections.
        codes: Codes of findings.
        private: Whether mail text and credentials are overwritten.
        rename: Whether addresses and names are replaced.

    Raises:
        UsageError: There is no such connection.
    """
    from desync.report.evidence.annotated import Redaction, annotate  # noqa: PLC0415 - brings NumPy along
    from desync.report.evidence.choice import Wanted  # noqa: PLC0415 - brings NumPy along

    return annotate(paths, options, Wanted(streams, codes), Redaction(private, rename), progress)
