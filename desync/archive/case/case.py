"""A case as a run uses it, and as its report is printed again.

May know the case's parts and a clock; must not know how a report looks.
"""

from collections.abc import Iterable
from contextlib import suppress
from datetime import UTC, datetime
from types import TracebackType
from typing import Self

from desync.analysis.options import Options
from desync.archive.case.database import Writing, reading
from desync.archive.case.error import CaseError
from desync.archive.case.results import Document, Stored, read_report, write_report
from desync.archive.case.work import Work


class Case:
    """A case that one run writes.

    Attributes:
        work: What has been done before, and is being done: the store for ``scan_archive``.

    Args:
        path: The file; made where there is none.
        options: What decides the analysis.
        verify: Whether known captures are hashed again.

    Raises:
        CaseError: It is no case, of another version, in use, or cannot be written.
    """

    def __init__(self, path: str, options: Options, *, verify: bool = False) -> None:
        self._file = Writing(path)
        try:
            self.work = Work(self._file, options, verify=verify)
            with self._file.transaction() as database:
                self._run = database.execute(
                    "INSERT INTO runs (program, options, started) VALUES (?, ?, ?)",
                    (self.work.program, self.work.options, _now()),
                ).lastrowid
            self.work.take_stock()
        except BaseException:
            self._file.close()
            raise

    def finish(self, document: Document, unreadable: Iterable[str], *, damaged: bool) -> None:
        """Put the report of this run in the place of the one before, all at once.

        A run that could analyse nothing (its directory is not there any more) leaves the report as it is.

        Args:
            document: The report's document.
            unreadable: Paths that could not be analysed though they were named.
            damaged: Whether a capture was truncated or damaged.

        Raises:
            CaseError: It could not be written; the report before is still there.
        """
        with self._file.transaction() as database:
            if document["captures"]:
                write_report(database, document, unreadable, damaged=damaged)
            database.execute(
                "UPDATE runs SET ended = ?, analysed = ?, recalled = ? WHERE run = ?",
                (_now(), self.work.analysed, self.work.recalled, self._run),
            )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with suppress(CaseError):
            self._file.close()


def stored_report(path: str) -> Stored:
    """The report that a case holds.

    Raises:
        CaseError: It is no case, of another version, cannot be read, or holds no report yet.
    """
    with reading(path) as database:
        try:
            found = read_report(database)
        except (ValueError, LookupError, TypeError) as error:
            raise CaseError(path, f"the case is damaged: {error}") from error
    if found is None:
        reason = "the case holds no report yet: no run has come to its end ('desync scan --case' goes on)"
        raise CaseError(path, reason)
    return found


def _now() -> str:
    return datetime.now(tz=UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
