"""What was wrong with a capture, as it was met while reading.

May know what was expected and what was there; must not know what it means for a verdict.
"""

from typing import Literal, NamedTuple, TypeAlias

ProblemKind: TypeAlias = Literal[
    "truncated",  # the capture, or the compressed stream around it, ends inside a record, block or header
    "damaged",  # octets that are no record or block, or a record that contradicts itself
    "compression",  # a compressed stream with a wrong checksum, or octets behind its end
    "interface",  # packet blocks of an interface that was never described; they are not counted as frames
    "unsupported",  # lawful, but not read: a section of another version
    "unreadable",  # the operating system failed in the middle of the file
]


class Problem(NamedTuple):
    """One thing that was wrong, recorded and not judged.

    Attributes:
        kind: One of ``ProblemKind``.
        offset: Where it begins in the uncompressed capture.
        octets: Octets that were skipped, or that are missing; 0 where nothing was lost.
        frame: Number of the last frame delivered before it, 0 where there was none.
        message: What was expected and what was there; holds no path.
    """

    kind: ProblemKind
    offset: int
    octets: int
    frame: int
    message: str
