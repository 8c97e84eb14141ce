r"""The marks that some servers take for the end of mail data, besides the standard one.

    The custom of accepting lines ending only in <LF>, as a concession to non-conforming behavior
    [...], has proven to cause more interoperability problems than it solves, and SMTP server
    systems MUST NOT do this, even in the name of improved robustness.  (RFC 5321, section 4.1.1.4)

A mark is a dot alone between two line breaks, one of which is not CRLF, or with a NUL beside it.
``CRLF . x`` with any other octet is a line that begins with a dot, and no mark. May know octets
and holes; must not know what a server makes of them.
"""

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from desync.tcp.stream import Stream

MOST_MARKS: Final = 10_000
"""Marks of one message that are looked at."""

BEHIND: Final = 2
"""Marks in what has no standard end are looked for up to this far behind it: they end before."""

_DOT = re.compile(rb"[\r\n](\0?)\.(\0?)(?=(\r{0,2}\n|\r))")
_NAMES: Final = {b"\r": "CR", b"\n": "LF", b"\0": "NUL", b".": "."}


class Mark(NamedTuple):
    """A dot alone on its line, as some servers count lines.

    Attributes:
        start: Offset of the line break before the dot.
        end: Offset behind the one behind it.
        octets: What stands there.
    """

    start: int
    end: int
    octets: bytes

    @property
    def name(self) -> str:
        """The mark in words: ``LF . CRLF``."""
        return name_of_mark(self.octets)


def name_of_mark(octets: bytes) -> str:
    """Name a mark, its line breaks joined: ``CRLF . LF``."""
    words = [_NAMES[octets[at : at + 1]] for at in range(len(octets))]
    return " ".join(words).replace("CR LF", "CRLF")


def marks_between(stream: Stream, start: int, end: int) -> Iterator[Mark]:
    """The marks in mail data, in order, none behind a hole.

    Args:
        stream: The client's stream.
        start: Where the mail data begins: the line break before it counts.
        end: Where it ends with its standard end, or ``BEHIND`` octets behind what there is of it; a mark
            ends before.

    Yields:
        The marks. One whose last CR ends what was captured is none: an LF may have followed.
    """
    count = 0
    for begin, octets in stream.runs_from(start):
        if begin >= end or (begin > start and not stream.is_passed_before(begin)):
            return
        if not _may_have_marks(octets, start - begin, end - begin):
            continue
        known_start = not begin and stream.origin == "syn"
        for mark in _marks_in(octets, max(start - begin - 1, 0), end - begin, known_start=known_start):
            yield Mark(begin + mark.start, begin + mark.end, mark.octets)
            count += 1
            if count == MOST_MARKS:
                return


def _may_have_marks(octets: bytes, start: int, end: int) -> bool:
    """Whether a line may begin with a dot: in most messages none does but the last."""
    low = max(start - 1, 0)
    # The dot of the standard end is the third octet before the end.
    high = max(end - 3, low)
    heads = (b"\n.", b"\r.", b"\0.") if octets.find(b"\0", low, high) >= 0 else (b"\n.", b"\r.")
    return any(octets.find(head, low, high) >= 0 for head in heads)


def _marks_in(octets: bytes, low: int, high: int, *, known_start: bool) -> Iterator[Mark]:
    for found in _DOT.finditer(octets, low, min(high, len(octets))):
        at, after = found.start(), found[3]
        end = found.end() + len(after)
        if octets[at] == 0x0A and at == 0 and not known_start:
            # Whether a CR stood before was not captured.
            continue
        if after == b"\r" and end == len(octets):
            continue
        start = at - 1 if octets[at] == 0x0A and at and octets[at - 1] == 0x0D else at
        mark = octets[start:end]
        if mark != b"\r\n.\r\n" and end < high:
            yield Mark(start, end, mark)
