"""The text of octets that are not the same at two points, what is private in it as its length.

    sent     is shown where the dialogue at the sender's point may be shown
    arrived  what stayed the same is shown where it was shown there; what a box wrote over it where that
             was shown, or is nothing but the box's own X and asterisks, and never of mail data

May know overlays and what may be shown; must not know how text is printed.
"""

from collections.abc import Iterator
from itertools import groupby
from typing import Final, Literal, NamedTuple, TypeAlias

from desync.archive.points.alignment import Span as Range
from desync.archive.points.deed import Deed
from desync.archive.points.overlay import Overlay
from desync.archive.points.sighting import Sighting
from desync.exchanges.exchange import Exchange
from desync.report.spans import Span, client_spans, server_spans, span_at, written
from desync.tcp.sides import Side
from desync.tcp.stream import Stream

MASKS: Final = frozenset(b"X*")
"""What boxes write over commands: it says nothing of what stood there."""

LONGEST: Final = 600
"""Octets of a text that are shown at most."""

Part: TypeAlias = Literal["greeting", "reply", "command", "auth", "mail-data", "tls"]


class About(NamedTuple):
    """What octets are a part of.

    Attributes:
        part: The greeting, a reply, a command, mail data; or TLS records.
        verb: The verb of the command that it is, or that the reply answers; None where it is unknown.
    """

    part: Part
    verb: str | None


class Texts(NamedTuple):
    """The octets of a deed as text, at either point; a piece for each line. None: no octets there."""

    near: tuple[str, ...] | None
    far: tuple[str, ...] | None


def texts_of(overlay: Overlay, deed: Deed) -> Texts:
    """Write the octets that a deed is about, whole lines where they are short."""
    by_client = deed.sender == "client"
    ends = (overlay.near, overlay.far) if by_client else (overlay.far, overlay.near)
    spans = (deed.near_octets, deed.far_octets) if by_client else (deed.far_octets, deed.near_octets)
    sent, arrived = (
        _Passage(each, deed.sender, span) if span is not None and span[0] < span[1] else None
        for each, span in zip(ends, spans, strict=True)
    )
    if sent is not None and arrived is not None:
        part = about(overlay, deed)
        masks = frozenset[int]() if part is not None and part.part == "mail-data" else MASKS
        arrived = _arrived(sent, arrived, masks)
    one, other = sent.text() if sent else None, arrived.text() if arrived else None
    return Texts(one, other) if by_client else Texts(other, one)


def about(overlay: Overlay, deed: Deed) -> About | None:
    """Say what the octets of a deed are a part of, by the dialogue at the sender's point."""
    near_first = deed.sender == "client"
    pairs = [(overlay.near, deed.near_octets), (overlay.far, deed.far_octets)]
    for sighting, span in pairs if near_first else reversed(pairs):
        if span is not None and span[0] < span[1]:
            return _part(sighting, deed.sender, span[0])
    return None


class _Passage:
    """A range of a stream, widened to whole lines, and which of its octets may be shown."""

    def __init__(self, sighting: Sighting, sender: Side, span: Range) -> None:
        whole = sighting.whole
        stream = whole.client_stream if sender == "client" else whole.server_stream
        self.start, self.end = _lines_around(stream, span)
        self.octets = stream.slice(self.start, self.end)
        make = client_spans if sender == "client" else server_spans
        known = sighting.conversation.once(make)
        self.shown = [self._is_shown(known, at) for at in range(self.start, self.start + len(self.octets))]
        self.left_out = max(span[1] - self.end, 0)

    @staticmethod
    def _is_shown(known: list[Span], at: int) -> bool:
        span = span_at(known, at)
        return span is not None and span.shown

    def text(self) -> tuple[str, ...]:
        """The text, a piece for each line; what is private as its length."""
        return tuple(self._pieces())

    def _pieces(self) -> Iterator[str]:
        line = ""
        for shown, group in groupby(zip(self.octets, self.shown, strict=True), key=lambda one: one[1]):
            octets = bytes(octet for octet, _ in group)
            if not shown:
                line += _length(len(octets))
                continue
            for piece in written(octets):
                line += piece
                if piece.endswith("\\n"):
                    yield line
                    line = ""
        if self.left_out:
            line += _length(self.left_out)
        if line:
            yield line


def _arrived(sent: _Passage, arrived: _Passage, masks: frozenset[int]) -> _Passage:
    """What arrived in the place of what was sent, hidden where that was private and is no mask."""
    if len(sent.octets) == len(arrived.octets):
        arrived.shown = [
            before if one == other else (before and after) or other in masks
            for one, other, before, after in zip(
                sent.octets, arrived.octets, sent.shown, arrived.shown, strict=True
            )
        ]
    elif not all(sent.shown):
        arrived.shown = [False] * len(arrived.shown)
    return arrived


def _length(octets: int) -> str:
    return f"<{octets:,} octet{'' if octets == 1 else 's'}>"


def _lines_around(stream: Stream, span: Range) -> Range:
    """Widen a range to whole lines, so far as they are captured and not too long."""
    start, end = span[0], min(span[1], span[0] + LONGEST)
    run = stream.run_at(start)
    if run is None:
        return start, end
    base, octets = run
    line = octets.rfind(b"\n", 0, start - base) + 1
    if start - base - line <= LONGEST:
        start = base + line
    if octets[end - base - 1 : end - base] != b"\n":
        found = octets.find(b"\n", end - base, end - base + LONGEST)
        end = base + found + 1 if found >= 0 else end
    return start, end


def _part(sighting: Sighting, sender: Side, at: int) -> About | None:
    """What lies at an offset of a stream."""
    conversation = sighting.conversation
    encrypted = conversation.encryption
    begins = None if encrypted is None else encrypted.client if sender == "client" else encrypted.server
    if begins is not None and at >= begins:
        return About("tls", None)
    for one in conversation.exchanges:
        if _holds(one, sender, at):
            return _named(one, sender)
    return None


def _holds(one: Exchange, sender: Side, at: int) -> bool:
    span = one.octets if sender == "client" else one.reply.octets if one.reply is not None else None
    return span is not None and span[0] <= at < span[1]


def _named(one: Exchange, sender: Side) -> About:
    kind = one.prompt.kind
    if sender == "server":
        return About("greeting" if kind == "connection" else "reply", one.prompt.verb or _asked(kind))
    part: Part = "mail-data" if kind in ("mail-data", "bdat") else "auth" if kind == "auth" else "command"
    return About(part, one.prompt.verb)


def _asked(kind: str) -> str | None:
    return {"mail-data": "mail-data", "auth": "AUTH"}.get(kind)
