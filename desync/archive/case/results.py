"""A report's document to the tables of a case, and back.

May know tables and the members of the document; must not know what they mean.
"""

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from desync.archive.case.tables import (
    CAPTURES,
    CLIENTS,
    CONNECTIONS,
    EXCHANGES,
    FINDINGS,
    NOT_ANALYSED,
    SERVERS,
    TABLES,
    TIMELINE,
    TRANSACTIONS,
    Table,
)

Document: TypeAlias = Mapping[str, Any]

_LONG: Final = ("captures", "connections", "findings")
_LONG_IN_SUMMARY: Final = ("clients", "servers", "timeline", "not_analysed")
"""Members that have tables of their own."""


@dataclass(frozen=True, slots=True)
class Stored:
    """A report as a case holds it; ``cli.library.Report`` but for its name.

    Attributes:
        document: The report's document.
        unreadable: Paths that could not be analysed though they were named, each with the reason.
        damaged: Whether a capture was truncated or damaged.
        finished: Whether no later run was stopped before its end.
    """

    document: dict[str, Any]
    unreadable: Sequence[tuple[str, str]]
    damaged: bool
    finished: bool

    @property
    def remarks(self) -> Sequence[tuple[str, str]]:
        """What was worth saying when captures were read; a case does not hold it."""
        return ()

    @property
    def analysed(self) -> int:
        """Captures that were analysed."""
        return len(self.document["captures"])

    @property
    def everything(self) -> bool:
        """Whether clean connections and notes are in it."""
        return bool(self.document["options"]["all"])

    def view(self, all: bool = False) -> dict[str, Any]:  # noqa: A002, ARG002, FBT001, FBT002 - the library's word
        """The document; what the scan left out is not there."""
        return self.document


def write_report(
    database: sqlite3.Connection, document: Document, unreadable: Iterable[str], *, damaged: bool
) -> None:
    """Put a report in the place of the one before.

    Args:
        database: The case, in a transaction.
        document: The report's document.
        unreadable: Paths that could not be analysed though they were named.
        damaged: Whether a capture was truncated or damaged.
    """
    for table in reversed(TABLES):
        database.execute(f"DELETE FROM {table.name}")  # noqa: S608 - our own name
    summary = document["summary"]
    rest = {
        **document,
        **dict.fromkeys(_LONG),
        "summary": {**summary, **dict.fromkeys(_LONG_IN_SUMMARY), "timeline": list(summary["timeline"])},
    }
    database.execute("INSERT OR REPLACE INTO report VALUES (1, ?, ?)", (damaged, _json(rest)))
    named = set(unreadable)
    _insert(database, CAPTURES, (((one["index"],), one, ("problems",)) for one in document["captures"]))
    _write_connections(database, document["connections"])
    _insert(database, FINDINGS, _findings(document))
    _insert(database, CLIENTS, _numbered(summary["clients"]))
    _insert(database, SERVERS, _numbered(summary["servers"]))
    _insert(database, TIMELINE, _numbered(summary["timeline"]))
    refused = enumerate(summary["not_analysed"])
    _insert(database, NOT_ANALYSED, (((at, one["path"] in named), one, ()) for at, one in refused))


def read_report(database: sqlite3.Connection) -> Stored | None:
    """Put a report together again; None where no run has come to its end yet."""
    row = database.execute("SELECT damaged, document FROM report").fetchone()
    if row is None:
        return None
    document: dict[str, Any] = json.loads(row[1])
    summary = document["summary"]
    for name in _LONG_IN_SUMMARY:
        summary[name] = [one for _, one in _read(database, name, "position", "position")]
    document["captures"] = _captures(database)
    document["connections"] = _connections(database)
    document["findings"] = [one for _, one in _read(database, "findings", "finding", "finding")]
    named = [at for (at,) in database.execute("SELECT position FROM not_analysed WHERE named ORDER BY 1")]
    refused = [summary["not_analysed"][at] for at in named]
    (stopped,) = database.execute(
        "SELECT count(*) FROM runs WHERE ended IS NULL"
        " AND run > coalesce((SELECT max(run) FROM runs WHERE ended IS NOT NULL), 0)"
    ).fetchone()
    return Stored(
        document=document,
        unreadable=[(one["path"], one["reason"]) for one in refused],
        damaged=bool(row[0]),
        finished=not stopped,
    )


_Row: TypeAlias = tuple[tuple[Any, ...], Document, Sequence[str]]
"""Values of the keys, the part of the document, and which members stand in other tables."""


def _write_connections(database: sqlite3.Connection, connections: Sequence[Document]) -> None:
    apart = ("exchanges", "transactions", "findings")
    _insert(database, CONNECTIONS, (((at,), one, apart) for at, one in enumerate(connections)))
    for table in (EXCHANGES, TRANSACTIONS):
        rows = (
            ((at, position), one, ())
            for at, connection in enumerate(connections)
            for position, one in enumerate(connection[table.name])
        )
        _insert(database, table, rows)


def _findings(document: Document) -> Iterator[_Row]:
    at = 0
    for capture in document["captures"]:
        for one in capture["problems"]:
            yield (at, capture["index"], None), one, ()
            at += 1
    for number, connection in enumerate(document["connections"]):
        for one in connection["findings"]:
            yield (at, connection["capture"], number), one, ()
            at += 1


def _numbered(parts: Iterable[Document]) -> Iterator[_Row]:
    return (((at,), one, ()) for at, one in enumerate(parts))


def _insert(database: sqlite3.Connection, table: Table, rows: Iterable[_Row]) -> None:
    places = ", ".join("?" * (len(table.keys) + len(table.columns) + 1))
    values = (
        (
            *keys,
            *(_value(part, column.path) for column in table.columns),
            _json({**part, **dict.fromkeys(apart)}),
        )
        for keys, part, apart in rows
    )
    database.executemany(f"INSERT INTO {table.name} VALUES ({places})", values)  # noqa: S608 - our own name


def _value(part: Document, path: Sequence[str]) -> Any:
    value: Any = part
    for name in path:
        value = None if value is None else value.get(name)
    # Octets of a path that are no text have no place in a column of texts; the document has them.
    return value.encode("utf-8", "backslashreplace").decode() if isinstance(value, str) else value


def _json(part: Document) -> str:
    return json.dumps(part, separators=(",", ":"))


def _read(
    database: sqlite3.Connection, table: str, key: str, order: str
) -> Iterator[tuple[Any, dict[str, Any]]]:
    rows = database.execute(f"SELECT {key}, document FROM {table} ORDER BY {order}")  # noqa: S608 - our own names
    return ((number, json.loads(text)) for number, text in rows)


def _captures(database: sqlite3.Connection) -> list[dict[str, Any]]:
    captures = dict(_read(database, "captures", "capture", "capture"))
    problems = _under(database, "findings", "capture", "finding", "WHERE connection IS NULL")
    for number, one in captures.items():
        one["problems"] = problems.get(number, [])
    return list(captures.values())


def _connections(database: sqlite3.Connection) -> list[dict[str, Any]]:
    connections = dict(_read(database, "connections", "connection", "connection"))
    parts = {
        "exchanges": _under(database, "exchanges", "connection", "connection, position"),
        "transactions": _under(database, "transactions", "connection", "connection, position"),
        "findings": _under(database, "findings", "connection", "finding", "WHERE connection IS NOT NULL"),
    }
    for number, one in connections.items():
        for name, found in parts.items():
            one[name] = found.get(number, [])
    return list(connections.values())


def _under(
    database: sqlite3.Connection, table: str, key: str, order: str, where: str = ""
) -> dict[int, list[dict[str, Any]]]:
    """Rows by what they belong to."""
    found: dict[int, list[dict[str, Any]]] = {}
    for number, one in _read(database, f"{table} {where}", key, order):
        found.setdefault(number, []).append(one)
    return found
