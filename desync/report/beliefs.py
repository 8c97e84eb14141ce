"""What a reply truly answered and what the client took it for, read off the document.

May know the document's exchanges; must not know how a belief was found out or how it is shown.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

from desync.report.text_groups import Connection

Exchange: TypeAlias = Mapping[str, Any]
Range: TypeAlias = tuple[int, int]

_PROMPT = {"mail-data": "the message", "auth": "the AUTH response", "bdat": "BDAT"}


def prompt_name(one: Exchange) -> str:
    """Name what an exchange asked for an answer with: ``HELO``, ``the message``."""
    if one["prompt"] == "connection":
        return "the connection"
    return _PROMPT.get(one["prompt"]) or str(one["verb"] or "an unknown command")


def reply_name(one: Exchange) -> str:
    """Name the reply of an exchange: ``the greeting``, ``the reply to HELO``."""
    return "the greeting" if one["prompt"] == "connection" else f"the reply to {prompt_name(one)}"


def exchange_at(connection: Connection, index: object) -> Exchange | None:
    """Find an exchange by its index, not by its place: a long connection's document leaves some out."""
    exchanges: Sequence[Exchange] = connection["exchanges"]
    if not isinstance(index, int):
        return None
    at = bisect_left(exchanges, index, key=lambda one: int(one["index"]))
    return exchanges[at] if at < len(exchanges) and exchanges[at]["index"] == index else None


class Pairings:
    """Both pairings of a connection that drifted: the true one and the client's.

    Args:
        connection: The connection as the document holds it.
    """

    def __init__(self, connection: Connection) -> None:
        self.exchanges: Sequence[Exchange] = connection["exchanges"]
        self.drift: Mapping[str, Any] | None = connection["drift"]
        replies = [one["reply"] for one in self.exchanges if one["reply"]] + connection["unpaired_replies"]
        self._ends = {line["octets"][1] for reply in replies for line in reply["lines"] if line["terminated"]}
        self._true = _spans(self.exchanges, "reply")
        self._believed = _spans(self.exchanges, "believed")

    @property
    def first(self) -> int:
        """Index of the exchange to begin with: the one before the onset, whose reply was taken wrong."""
        return max(self.drift["onset"] - 1, 0) if self.drift else 0

    @property
    def last(self) -> int:
        """Index of the last exchange to show: where the client was in step again, or the last of all."""
        end = int(self.exchanges[-1]["index"]) if self.exchanges else -1
        recovered = self.drift["recovered"] if self.drift else None
        return end if recovered is None else min(recovered, end)

    @property
    def concerned(self) -> Sequence[Exchange]:
        """The exchanges from the first to the last, as far as the document lists them."""
        return [one for one in self.exchanges if self.first <= one["index"] <= self.last]

    @property
    def octets(self) -> Range:
        """The octets of the server that the exchanges from the first to the last were about."""
        some = [
            one[member]["octets"] for one in self.concerned for member in ("reply", "believed") if one[member]
        ]
        return min((start for start, _ in some), default=0), max((end for _, end in some), default=0)

    def true(self, octets: Range) -> list[Exchange]:
        """Find the exchanges whose replies truly hold some of these octets."""
        return _within(self._true, self.exchanges, octets)

    def believed(self, octets: Range) -> list[Exchange]:
        """Find the exchanges for whose replies the client took some of these octets."""
        return _within(self._believed, self.exchanges, octets)

    def ends_a_line(self, offset: int) -> bool:
        """Whether a line of the server ends at this offset."""
        return offset in self._ends


def _spans(exchanges: Sequence[Exchange], member: str) -> list[tuple[int, int, int]]:
    """The octets of each exchange's reply, or of what was taken for it, in stream order."""
    return sorted(
        (*one[member]["octets"], number)
        for number, one in enumerate(exchanges)
        if one[member] and one[member]["octets"][0] < one[member]["octets"][1]
    )


def _within(
    spans: list[tuple[int, int, int]], exchanges: Sequence[Exchange], octets: Range
) -> list[Exchange]:
    found = []
    for start, end, number in spans[max(bisect_right(spans, (octets[0] + 1,)) - 1, 0) :]:
        if start >= octets[1]:
            break
        if end > octets[0]:
            found.append(exchanges[number])
    return found
