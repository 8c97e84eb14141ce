"""One thing that happened between two points, how sure it is, and the segments that show it.

May know rows and offsets; must not know how it was found, nor how it is said.
"""

from typing import Literal, NamedTuple, TypeAlias

from desync.archive.points.alignment import Span
from desync.findings.rule import Certainty
from desync.tcp.sides import Side

What: TypeAlias = Literal[
    "changed", "replaced", "inserted", "missing", "made", "acknowledged", "lost", "doubled", "cut"
]
"""Octets: see ``alignment``. Segments: made up between the points; acknowledgments made up there; lost
there; there twice; octets cut into other segments."""

Doubt: TypeAlias = Literal["match", "not-captured", "tail", "recorded-twice"]
"""It may be another connection; a frame may be missing from the capture; the capture shows no end of the
stream; the capture may have recorded one packet twice."""


class Deed(NamedTuple):
    """Something that happened between the two points.

    Attributes:
        what: What it is.
        sender: Whose octets or segments.
        certainty: How sure it is that it happened between the points.
        doubts: Why it is not proved.
        near, far: Rows of the segments to look at, at either point.
        near_octets, far_octets: Ranges of the sender's stream, or None.
        segments: How many segments it is about; 0 where it is about octets.
        flags: SYN, FIN and RST of a segment that was lost or made up.
        again: Whether octets that were lost came later; None where that says nothing.
        hops: Time to live of what was made up, and that of the sender's other segments there.
        acknowledged: For acknowledgments: what the first of them covers, and the most that the sender
            itself ever covered.
    """

    what: What
    sender: Side
    certainty: Certainty
    doubts: tuple[Doubt, ...]
    near: tuple[int, ...]
    far: tuple[int, ...]
    near_octets: Span | None = None
    far_octets: Span | None = None
    segments: int = 0
    flags: int = 0
    again: bool | None = None
    hops: tuple[int, int] | None = None
    acknowledged: tuple[int, int] | None = None
