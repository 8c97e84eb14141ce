"""The tables that a report is handed out as: findings, connections, exchanges, clients, servers and more.

All but the findings have the columns that a case has (``archive.case.tables``). May know the document's
members; must not know any format.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final, NamedTuple, TypeAlias

from desync.archive.case import tables as case
from desync.errors import UsageError
from desync.report.formats import columns
from desync.report.formats.columns import Column, Kind
from desync.report.formats.events import Part, events
from desync.report.jsonl import Document

_Row: TypeAlias = tuple[Part, Part]
"""A connection and a part of it; or a part twice, where it belongs to no other."""

_TIMES: Final = ("time", "first_time", "last_time", "last_before")
_KINDS: Final[dict[str, Kind]] = {"TEXT": "text", "INTEGER": "integer"}


class Table(NamedTuple):
    """A table.

    Attributes:
        name, about: Its name, and what a row is.
        columns: Its columns.
        rows: What the columns find their values in.
    """

    name: str
    about: str
    columns: Sequence[Column]
    rows: Callable[[Document], Iterator[Any]]


def table(name: str) -> Table:
    """Find a table by its name.

    Raises:
        UsageError: There is no such table.
    """
    found = next((one for one in TABLES if one.name == name), None)
    if found is None:
        msg = f"there is no table {name!r}, only {', '.join(one.name for one in TABLES)}"
        raise UsageError(msg)
    return found


def _column(one: case.Column) -> Column:
    kind = "time" if one.name in _TIMES else _KINDS[one.kind]
    return Column(one.name, kind, one.about, lambda row: _value(row[1], one.path))


def _value(part: Any, path: Sequence[str]) -> Any:
    for name in path:
        part = None if part is None else part.get(name)
    return part


def _captures(document: Document) -> Iterator[_Row]:
    return ((one, one) for one in document["captures"])


def _connections(document: Document) -> Iterator[_Row]:
    return ((one, one) for one in document["connections"])


def _counted(member: str) -> Callable[[Document], Iterator[_Row]]:
    return lambda document: ((one, one) for one in document["summary"][member])


def _within(member: str) -> Callable[[Document], Iterator[_Row]]:
    def rows(document: Document) -> Iterator[_Row]:
        return ((one, each) for one in document["connections"] for each in one[member])

    return rows


_OWN: Final = Column("connection", "text", "id of its connection", lambda row: row[0]["id"])

_CAPTURE: Final = Column("capture", "integer", "its number in the report", lambda row: row[1]["index"])


def _as_in_case(one: case.Table, rows: Callable[[Document], Iterator[_Row]], *before: Column) -> Table:
    return Table(one.name, one.about, [*before, *(_column(each) for each in one.columns)], rows)


def _with_turned(timeline: Table) -> Table:
    """The timeline, with the clients that a change concerns."""
    words = {"began": "clients that misread only after a change", "ceased": "clients that did only before it"}
    more = [Column(name, "texts", about, _turned(name)) for name, about in words.items()]
    return timeline._replace(columns=[*timeline.columns, *more])


def _turned(name: str) -> Callable[[_Row], Any]:
    return lambda row: row[1].get(name)


TABLES: Final = (
    Table("findings", "The findings, in the order of the report.", columns.FINDINGS, events),
    _as_in_case(case.CONNECTIONS, _connections),
    _as_in_case(case.EXCHANGES, _within("exchanges"), _OWN),
    _as_in_case(case.TRANSACTIONS, _within("transactions"), _OWN),
    _as_in_case(case.CAPTURES, _captures, _CAPTURE),
    _as_in_case(case.CLIENTS, _counted("clients")),
    _as_in_case(case.SERVERS, _counted("servers")),
    _with_turned(_as_in_case(case.TIMELINE, _counted("timeline"))),
)
"""All tables, the most asked for first."""
