"""What to say of octets that are not in the capture.

May know gaps; must not know why a rule cares.
"""

from collections.abc import Iterator

from desync.exchanges.conversation import Conversation
from desync.findings.finding import Finding
from desync.findings.making import of_connection
from desync.findings.rule import Rule
from desync.tcp.sides import GapKind
from desync.tcp.stream import Gap, Sent, Stream

MOST_GAPS = 20
"""Gaps named in one finding; the number of all of them is given beside."""


def about_gaps(rule: Rule, conversation: Conversation, kind: GapKind, what: str) -> Iterator[Finding]:
    """Make the finding about a connection's gaps of one kind, if it has any.

    A side of which nothing was captured is CAP905, not a gap.
    """
    connection = conversation.connection
    found: dict[str, list[Gap]] = {}
    around: list[Sent] = []
    for side, stream in (("client", connection.client_stream), ("server", connection.server_stream)):
        gaps = [gap for gap in stream.gaps if gap.kind == kind]
        if gaps and stream.captured:
            found[side] = gaps
            around += [segment for gap in gaps[:MOST_GAPS] for segment in _around(stream, gap)]
    if not found:
        return
    total = sum(gap.length for gaps in found.values() for gap in gaps)
    sides = " and ".join(f"{sum(gap.length for gap in gaps)} of the {side}" for side, gaps in found.items())
    yield of_connection(
        rule,
        conversation,
        message=f"{total} octets {what} ({sides})",
        certainty="proved",
        segments=around,
        details={
            "octets": total,
            "gaps": sum(len(gaps) for gaps in found.values()),
            **{side: [[gap.offset, gap.end] for gap in gaps[:MOST_GAPS]] for side, gaps in found.items()},
        },
    )


def _around(stream: Stream, gap: Gap) -> list[Sent]:
    """The segments on both sides of a gap, or the one that the snap length cut."""
    near = [
        stream.sent(gap.offset - 1) if gap.offset else None,
        stream.sent(gap.offset),
        stream.sent(gap.end),
    ]
    return [one for one in near if one is not None]
