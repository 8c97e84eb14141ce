"""The octets of one segment with pseudonyms.

A segment begins and ends anywhere, in the middle of a name too, so the lines that it is a part of are
replaced whole. May know streams; must not know what is said in them.
"""

from typing import Final

from desync.report.pseudonyms import Pseudonyms
from desync.tcp.stream import Stream

AROUND: Final = 1024
"""Octets before and behind a segment in which its lines begin and end (RFC 5321: 512 for each)."""


def replaced(words: Pseudonyms, stream: Stream, start: int, payload: bytes) -> bytes:
    """The octets of a segment, names and addresses replaced, as long as before.

    Args:
        words: The pseudonyms.
        stream: The stream that it is a part of.
        start: Where in it; a copy that differs from what the stream holds is taken as it is.
        payload: Its octets.
    """
    before, after = _before(stream, start), _after(stream, start + len(payload))
    return words.octets(before + payload + after)[len(before) : len(before) + len(payload)]


def _before(stream: Stream, offset: int) -> bytes:
    """What stands before an offset in the same line."""
    run = stream.run_at(offset - 1) if offset else None
    if run is None:
        return b""
    octets = run[1][max(0, offset - AROUND - run[0]) : offset - run[0]]
    return octets[octets.rfind(b"\n") + 1 :]


def _after(stream: Stream, offset: int) -> bytes:
    """What stands behind an offset in the same line."""
    run = stream.run_at(offset)
    if run is None:
        return b""
    octets = run[1][offset - run[0] : offset - run[0] + AROUND]
    return octets[: octets.find(b"\n") + 1] or octets
