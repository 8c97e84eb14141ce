"""Choose the connections that the report's document lists; make their parts at once, or as they are read.

May know what scanning an archive found; must not judge anything.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import islice
from typing import Final

from desync.analysis.options import Options
from desync.analysis.record import Outcome, Record
from desync.findings.finding import Finding
from desync.report.document_connection import connection_part, findings_part
from desync.report.document_words import Document, Writer

HELD: Final = 2000
"""Connections of which all is held at once: about 40 kB each."""


class LongList:
    """A list of the document that may be too long for memory; it can be read as often as one likes.

    Its beginning is held, the rest made as it is read.

    Args:
        held: Its beginning.
        length: How many there are in all.
        rest: Makes those behind the beginning, in order.
    """

    def __init__(self, held: list[Document], length: int, rest: Callable[[], Iterator[Document]]) -> None:
        self._held = held
        self._length = length
        self._rest = rest

    def __len__(self) -> int:
        return self._length

    def __iter__(self) -> Iterator[Document]:
        yield from self._held
        yield from self._rest()


class Listed:
    """The connections that are listed, and their findings, while outcomes come in.

    Args:
        writer: Knows the archive.
        same: Of connections that the archive holds more than once, the order keys of the others.
        everything: Whether clean connections and notes are listed too.
    """

    def __init__(
        self,
        writer: Writer,
        same: Mapping[tuple[int, int], list[tuple[int, int]]],
        *,
        everything: bool,
    ) -> None:
        self._writer = writer
        self._same = same
        self._everything = everything
        self._held: list[Document] = []
        self._connections = 0
        self._findings = 0

    def add(self, outcome: Outcome) -> None:
        """Take a connection, if it is to be listed."""
        record = outcome.record
        shown = self._shown(record)
        if record is None or shown is None:
            return
        self._connections += 1
        self._findings += len(shown)
        if len(self._held) < HELD:
            self._held.append(self._part(outcome, record, shown))

    def connections(self) -> list[Document] | LongList:
        """The connections, in the order of the archive."""
        if self._connections == len(self._held):
            return self._held
        return LongList(self._held, self._connections, self._more_connections)

    def findings(self, problems: list[Document]) -> list[Document] | LongList:
        """The captures' problems, and the findings of the connections."""
        held = [*problems, *(one for connection in self._held for one in connection["findings"])]
        if self._connections == len(self._held):
            return held
        return LongList(held, len(problems) + self._findings, self._more_findings)

    def _more_connections(self) -> Iterator[Document]:
        for outcome, record, shown in self._more():
            yield self._part(outcome, record, shown)

    def _more_findings(self) -> Iterator[Document]:
        for outcome, _, shown in self._more():
            stream = self._writer.archive.stream_of(outcome.brief)
            yield from findings_part(self._writer, outcome.brief, shown, stream)

    def _more(self) -> Iterator[tuple[Outcome, Record, list[Finding]]]:
        """The listed connections behind those that are held, read again."""
        return islice(self._all(), len(self._held), None)

    def _all(self) -> Iterator[tuple[Outcome, Record, list[Finding]]]:
        for outcome in self._writer.archive.outcomes():
            record = outcome.record
            shown = self._shown(record)
            if record is not None and shown is not None:
                yield outcome, record, shown

    def _shown(self, record: Record | None) -> list[Finding] | None:
        """The findings to list; None where the connection is not listed."""
        if record is None:
            return None
        shown = chosen(record.findings, self._writer.archive.options)
        return shown if self._everything or any(one.severity != "note" for one in shown) else None

    def _part(self, outcome: Outcome, record: Record, shown: list[Finding]) -> Document:
        twice = self._same.get(outcome.brief.order, [])
        return connection_part(self._writer, outcome, record, shown, twice)


def chosen(findings: Iterable[Finding], options: Options) -> list[Finding]:
    """Those of the findings that were asked for."""
    return [one for one in findings if options.reports(one.rule.code)]
