"""Write the letter to one side of a connection: what happened, the proof, what to change.

May know the connection's document and what pages say; must not know how either is made. What stands in
it from a capture is the ends' addresses, the client's name and the server's greeting, nothing else: no
sender, no recipient, no message, no other reply.
"""

from collections.abc import Iterator
from typing import NamedTuple

from desync.report.escape import escape
from desync.report.letter import pages, proof
from desync.report.letter.choice import Connection, Finding, Side, Topic, split_for, topics
from desync.report.letter.costs import costs
from desync.report.letter.lines import heading, plain, wrapped
from desync.report.letter.opening import opening
from desync.report.text_words import EVIDENCE
from desync.version import VERSION


class Source(NamedTuple):
    """Where a connection was captured.

    Attributes:
        path: The capture, without its directories.
        sha256: Its hash, or None.
        stream: The connection's number in it.
    """

    path: str
    sha256: str | None
    stream: int


def letter(connection: Connection, side: Side, source: Source) -> str | None:
    """Write to one side of a connection.

    Args:
        connection: The connection as the document holds it.
        side: Whose operator or vendor it is for.
        source: Where it was captured.

    Returns:
        Plain text of lines of at most 72 columns, but for a display filter and a hash; None where
        there is nothing to write to that side. Nothing in the document can make it raise.
    """
    found = topics(connection, side)
    split = split_for(connection) if side == "server" else None
    if not found and split is None:
        return None
    writer = _Writer(connection, side, source)
    lines = [*opening(connection, side, found, split)]
    for number, topic in enumerate(found, 1):
        lines += writer.topic(topic, number if len(found) > 1 or split is not None else 0)
    if split is not None:
        lines += writer.split(split, len(found) + 1 if found else 0)
    lines += [*writer.costs(), *writer.references(found, split), *writer.closing()]
    return "\n".join(lines) + "\n"


class _Writer:
    """Writes the parts of a letter, a line at a time."""

    def __init__(self, connection: Connection, side: Side, source: Source) -> None:
        self._connection = connection
        self._side = side
        self._source = source
        self._explained = False

    def topic(self, topic: Topic, number: int) -> Iterator[str]:
        """One cause: what happened, the proof, how sure, what to change."""
        one = topic.cause
        yield from heading(f"{f'{number}. ' if number else ''}What happened: {plain(one['name'])}")
        yield from wrapped(pages.summary(one["code"]))
        yield ""
        yield from wrapped(f"Here: {one['message']}.{_again(self._connection, one)}")
        yield from self._followed(topic.followed)
        yield from self._proof(one)
        if one["code"] in {"SYNC102", "SYNC103"} and proof.how_split(one):
            yield ""
            yield from wrapped(proof.how_split(one))
        why = pages.why(one["code"])
        if why:
            yield ""
            yield from wrapped(f"Why it matters: {why}")
        remedy = pages.remedy(one["code"], self._side)
        if remedy:
            yield ""
            yield from wrapped(f"What to change: {remedy}")

    def split(self, one: Finding, number: int) -> Iterator[str]:
        """Replies in pieces: nobody's fault, and the server can make them rare."""
        yield from heading(f"{f'{number}. ' if number else ''}What happened: a reply in pieces was misread")
        yield from wrapped(
            "The server's reply is lawful. It left in more than one TCP segment, and the client took the "
            f"first piece for the whole reply. {proof.how_split(one)}"
        )
        yield from self._proof(one)
        yield ""
        yield from wrapped(f"What would help: {pages.remedy('SYNC102', 'server')}")

    def costs(self) -> Iterator[str]:
        """What it cost, as far as the connection shows."""
        found = list(costs(self._connection))
        if found:
            yield from heading("What it cost")
            for one in found:
                yield from wrapped(one, bullet="- ")

    def references(self, found: list[Topic], split: Finding | None) -> Iterator[str]:
        """The standards."""
        codes = [one.cause["code"] for one in found] + (["SYNC102"] if split is not None else [])
        lines = dict.fromkeys(line for code in codes for line in pages.references(code))
        if lines:
            yield from heading("References")
            for line in lines:
                yield from wrapped(line, bullet="- ")

    def closing(self) -> Iterator[str]:
        """Which capture it is, and what may be sent along."""
        yield from heading("The capture")
        path, stream = escape(self._source.path), self._source.stream
        yield from wrapped(f"{path}, tcp.stream {stream}, read with desync {VERSION}.")
        if self._source.sha256:
            yield f"SHA-256 {self._source.sha256}"
        yield ""
        yield from wrapped(
            "I can send the frames of this connection as a capture of their own, in which message text and "
            "credentials are overwritten and every frame says what it shows here."
        )

    def _followed(self, followed: tuple[Finding, ...]) -> Iterator[str]:
        if followed:
            yield ""
            yield "From it followed:"
            yield ""
            for one in followed:
                yield from wrapped(f"{one['message']} ({_sure(one)})", bullet="- ")

    def _why(self, one: Finding, fact: str) -> str:
        """Why an acknowledgment is proof, said once in a letter."""
        if "ack" not in one["evidence"] or not fact or self._explained:
            return ""
        self._explained = True
        return f" {proof.WHY_PROVED}"

    def _proof(self, one: Finding) -> Iterator[str]:
        """The frames, why they show it, and the filter to see them with."""
        yield ""
        fact = proof.fact(self._connection, one)
        yield from wrapped(
            f"How sure: {_sure(one)}{'.' if fact else _reasons(one)} {fact}{self._why(one, fact)}"
        )
        rows = proof.rows(self._connection, one)
        if rows:
            yield ""
            yield from _table(rows[: proof.MOST_FRAMES])
            if len(rows) > proof.MOST_FRAMES:
                yield f"  and {len(rows) - proof.MOST_FRAMES} more frames"
        believed = list(proof.beliefs(self._connection, one))[: proof.MOST_FRAMES]
        if believed:
            yield ""
            yield from wrapped("What the server answered, and what the client took for the answer:")
            yield ""
            for line in believed:
                yield from wrapped(line, bullet="  - ")
        if one["filter"]:
            yield ""
            yield f"  Wireshark: {one['filter']}"


def _table(rows: list[proof.Row]) -> Iterator[str]:
    width = max(len(str(row.frame)) for row in rows)
    for row in rows:
        time = "" if row.time is None else row.time.partition("T")[2].removesuffix("Z")
        opening = f"  frame {row.frame:>{width}}  {time:<15}  {row.sender}  "
        yield from wrapped(row.what, bullet=opening)


def _sure(one: Finding) -> str:
    return "proved" if one["certainty"] == "proved" else "consistent with the capture, not proved"


def _reasons(one: Finding) -> str:
    words = [EVIDENCE.get(kind, kind) for kind in one["evidence"]]
    return f": {'; '.join(words)}." if words else "."


def _again(connection: Connection, one: Finding) -> str:
    """Say how often it happened in the connection."""
    count = sum(each["code"] == one["code"] for each in connection["findings"])
    return f" It happened {count} times in this connection." if count > 1 else ""
