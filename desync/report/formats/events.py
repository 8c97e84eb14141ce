"""Go through the findings of a document, each with the capture and the connection that it belongs to.

May know the document's parts; must not know how any format writes them.
"""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple, TypeAlias

from desync.report.jsonl import Document

Part: TypeAlias = Mapping[str, Any]


class Event(NamedTuple):
    """A finding and where it was made.

    Attributes:
        finding: The finding.
        capture: The capture that it names; None where the document has no such capture.
        connection: Its connection, or None where it is about a capture.
    """

    finding: Part
    capture: Part | None
    connection: Part | None

    @property
    def time(self) -> str | None:
        """When it happened, RFC 3339; the beginning of its connection or capture where it has no time."""
        for part, name in ((self.finding, "time"), (self.connection, "first_time")):
            if part is not None and part[name] is not None:
                return str(part[name])
        first = None if self.capture is None else self.capture["first_time"]
        return None if first is None else str(first)


def events(document: Document) -> Iterator[Event]:
    """Yield the findings in the order of the document, reading its long lists once."""
    captures = {one["index"]: one for one in document["captures"]}
    for capture in captures.values():
        for finding in capture["problems"]:
            yield Event(finding, captures.get(finding["capture"]), None)
    for connection in document["connections"]:
        for finding in connection["findings"]:
            yield Event(finding, captures.get(finding["capture"]), connection)
