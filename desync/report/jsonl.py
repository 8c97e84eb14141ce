"""Print the report's document as JSON, whole or as JSON Lines.

May know which members of the document are long lists; must not know what they say.

Output is US-ASCII: no octet of a capture can break a terminal or an encoding. Members and
the elements of long lists stand on lines of their own, so that two reports can be compared
line by line; within a line it is compact, because only then does the fast encoder run.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final, TypeAlias

Document: TypeAlias = Mapping[str, Any]
"""The report as ``Report.document`` builds it; ``report/schema.py`` describes it."""

_ENCODER: Final = json.JSONEncoder(ensure_ascii=True, allow_nan=False, separators=(",", ":"))
_LONG: Final = frozenset({"captures", "connections", "findings"})


def json_pieces(document: Document) -> Iterator[str]:
    """Yield the document as one JSON object, in pieces of a line or less, the last ending in a newline."""
    opening = "{"
    for name, value in document.items():
        yield f"{opening}\n{_ENCODER.encode(name)}:"
        if name in _LONG:
            yield from _list_pieces(value)
        else:
            yield _ENCODER.encode(value)
        opening = ","
    yield "\n}\n" if opening == "," else "{}\n"


def json_lines(document: Document) -> Iterator[str]:
    """Yield one line for each capture and connection and, last, one for the summary.

    The ``type`` of a line is its first member: ``capture``, ``connection`` or ``summary``. The
    summary's line carries the document's ``schema``, ``tool`` and ``options`` too. Findings stand in
    their capture's ``problems`` or their connection's ``findings``, once.
    """
    for capture in document["captures"]:
        yield _line("capture", capture)
    for connection in document["connections"]:
        yield _line("connection", connection)
    head = {name: document[name] for name in ("schema", "tool", "options")}
    yield _line("summary", head | document["summary"])


def _list_pieces(values: Iterator[Any]) -> Iterator[str]:
    opening = "["
    for value in values:
        yield f"{opening}\n{_ENCODER.encode(value)}"
        opening = ","
    yield "[]" if opening == "[" else "\n]"


def _line(kind: str, members: Mapping[str, Any]) -> str:
    return _ENCODER.encode({"type": kind, **members}) + "\n"
