"""Print the report's document as JSON, whole or as JSON Lines.

May know which members of the document are long lists; must not know what they say.

Long lists may be whatever can be iterated over: it is done once, and no list is made.

Output is US-ASCII: no octet of a capture can break a terminal or an encoding. Members and
the elements of long lists stand on lines of their own, so that two reports can be compared
line by line; within a line it is compact, because only then does the fast encoder run.
"""

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import islice
from typing import Any, Final, TypeAlias

TIMELINE_NAME: Final = "desync-timeline/1"
"""The value of the member ``schema`` of what ``desync timeline`` prints."""

Document: TypeAlias = Mapping[str, Any]
"""The report as ``Report.document`` builds it; ``report/schema.py`` describes it."""

_ENCODER: Final = json.JSONEncoder(ensure_ascii=True, allow_nan=False, separators=(",", ":"))
_LONG: Final = frozenset({"captures", "connections", "findings"})
_LONG_IN_SUMMARY: Final = frozenset({"clients", "servers", "timeline"})
_FLAT: Final = frozenset({"clients", "servers"})
"""Those of them whose rows hold no others."""
_AT_A_TIME: Final = 256
"""Flat rows that are encoded in one call: to begin one costs as much as such a row."""
_SUMMARY: Final = "summary"
_AT_POINTS: Final = {"connections": "connection", "unmatched": "unmatched"}
"""The same of two points."""
_COMPARED: Final = {"clients": "client", "servers": "server"}
"""Long lists of a comparison, and what a line of each is."""


def json_pieces(document: Document) -> Iterator[str]:
    """Yield the document as one JSON object, in pieces of a line or less, the last ending in a newline."""
    yield from _object_pieces(document, _LONG)
    yield "\n"


def _object_pieces(
    members: Mapping[str, Any], long: Collection[str], flat: Collection[str] = ()
) -> Iterator[str]:
    opening = "{"
    for name, value in members.items():
        yield f"{opening}\n{_ENCODER.encode(name)}:"
        if name in long:
            yield from (_flat_pieces if name in flat else _list_pieces)(value)
        elif name == _SUMMARY:
            yield from _object_pieces(value, _LONG_IN_SUMMARY, _FLAT)
        else:
            yield _ENCODER.encode(value)
        opening = ","
    yield "\n}" if opening == "," else "{}"


def timeline_pieces(document: Document) -> Iterator[str]:
    """Yield what ``desync timeline`` prints as one JSON object, in pieces; ``report/schema_timeline.py``."""
    head = {name: document[name] for name in ("tool", "options")}
    timeline = {"schema": TIMELINE_NAME, **head, "timeline": document["summary"]["timeline"]}
    yield from _object_pieces(timeline, _LONG_IN_SUMMARY)
    yield "\n"


def timeline_lines(document: Document) -> Iterator[str]:
    """Yield a line for each row of the timeline and, last, one for the summary.

    The ``type`` of a row is its ``kind``: ``change``, ``server`` or ``client``; the summary's line carries
    the ``schema``, ``tool`` and ``options``.
    """
    for row in document["summary"]["timeline"]:
        yield _line(row["kind"], row)
    head = {name: document[name] for name in ("tool", "options")}
    yield _line("summary", {"schema": TIMELINE_NAME, **head})


def compare_pieces(document: Document) -> Iterator[str]:
    """Yield what ``desync compare`` prints as one JSON object, in pieces; ``report/schema_compare.py``."""
    yield from _object_pieces(document, _COMPARED)
    yield "\n"


def compare_lines(document: Document) -> Iterator[str]:
    """Yield a line for each client and each server and, last, one for the summary: all the rest."""
    yield from _long_lines(document, _COMPARED)


def points_pieces(document: Document) -> Iterator[str]:
    """Yield what ``desync compare --points`` prints as one JSON object; ``report/schema_points.py``."""
    yield from _object_pieces(document, _AT_POINTS)
    yield "\n"


def points_lines(document: Document) -> Iterator[str]:
    """Yield a line for each connection and, last, one for the summary: all the rest."""
    yield from _long_lines(document, _AT_POINTS)


def _long_lines(document: Document, long: Mapping[str, str]) -> Iterator[str]:
    for name, kind in long.items():
        for row in document[name]:
            yield _line(kind, row)
    yield _line("summary", {name: value for name, value in document.items() if name not in long})


def json_lines(document: Document) -> Iterator[str]:
    """Yield, in pieces, a line for each capture and connection and, last, one for the summary.

    The ``type`` of a line is its first member: ``capture``, ``connection`` or ``summary``. The
    summary's line carries the document's ``schema``, ``tool`` and ``options`` too. Findings stand in
    their capture's ``problems`` or their connection's ``findings``, once.
    """
    for capture in document["captures"]:
        yield _line("capture", capture)
    for connection in document["connections"]:
        yield _line("connection", connection)
    head = {name: document[name] for name in ("schema", "tool", "options")}
    yield from _line_pieces("summary", head | document["summary"])


def _line_pieces(kind: str, members: Mapping[str, Any]) -> Iterator[str]:
    """A line whose long lists need not be in memory."""
    yield f'{{"type":{_ENCODER.encode(kind)}'
    for name, value in members.items():
        yield f",{_ENCODER.encode(name)}:"
        if name in _FLAT:
            yield from _flat_pieces(value, between="")
        elif name in _LONG_IN_SUMMARY:
            yield from _list_pieces(value, between="")
        else:
            yield _ENCODER.encode(value)
    yield "}\n"


def _list_pieces(values: Iterable[Any], between: str = "\n") -> Iterator[str]:
    opening = "["
    for value in values:
        yield f"{opening}{between}{_ENCODER.encode(value)}"
        opening = ","
    yield "[]" if opening == "[" else f"{between}]"


def _flat_pieces(values: Iterable[Mapping[str, Any]], between: str = "\n") -> Iterator[str]:
    """The same for rows that hold no others and begin with the same member."""
    opening, rows = "[", iter(values)
    while together := list(islice(rows, _AT_A_TIME)):
        begin = f"{{{_ENCODER.encode(next(iter(together[0])))}:"
        # Within a string a quotation mark stands behind a backslash, and behind its end no name follows:
        # what parts two rows is nowhere else.
        text = _ENCODER.encode(together)[1:-1].replace(f"}},{begin}", f"}},{between}{begin}")
        yield f"{opening}{between}{text}"
        opening = ","
    yield "[]" if opening == "[" else f"{between}]"


def _line(kind: str, members: Mapping[str, Any]) -> str:
    return _ENCODER.encode({"type": kind, **members}) + "\n"
