"""Make a finding of what a rule saw: its frames, its time, the exchanges that it holds for.

May know conversations and captures; must not know any single rule.
"""

from collections.abc import Iterable, Mapping

from desync.exchanges.conversation import Conversation
from desync.exchanges.exchange import Exchange
from desync.findings.finding import Detail, Evidence, Finding, Place
from desync.findings.quality import CaptureQuality
from desync.findings.rule import Blame, Certainty, Rule
from desync.smtp.reply import Reply
from desync.tcp.stream import Sent
from desync.units import UNKNOWN_TIME


def places(segments: Iterable[Sent]) -> tuple[Place, ...]:
    """The frames of segments, each once, in order."""
    return tuple(sorted({Place(one.capture, one.frame) for one in segments}))


def reply_segments(conversation: Conversation, start: int, end: int) -> list[Sent]:
    """The segments that first carried a range of the server's stream."""
    return [one for _, _, one in conversation.connection.server_stream.carriers(start, end)]


def known_time(time: int | None) -> int | None:
    """A time, or None where it is not known."""
    return None if time is None or time == UNKNOWN_TIME else time


def of_exchanges(
    rule: Rule,
    run: list[Exchange],
    *,
    message: str,
    certainty: Certainty,
    evidence: tuple[Evidence, ...] = (),
    segments: Iterable[Sent] = (),
    details: Mapping[str, Detail] | None = None,
    at: Sent | None = None,
) -> Finding:
    """Make a finding about a run of exchanges.

    Args:
        rule: The rule that makes it.
        run: The exchanges, in order.
        message: What to say.
        certainty: How sure it is.
        evidence: What it rests on.
        segments: Segments to look at besides the first of each exchange.
        details: More.
        at: The segment of the deed, where it is not the first one of the first exchange.
    """
    sent = [one.sent[0] for one in run if one.sent]
    deed = at or (sent[0] if sent else None)
    return Finding(
        rule=rule,
        severity=rule.severity,
        certainty=certainty,
        blame=rule.blame,
        evidence=evidence,
        frame=Place(deed.capture, deed.frame) if deed else None,
        frames=places([*sent, *segments, *([deed] if deed else [])]),
        time=known_time(deed.time) if deed else None,
        exchanges=(run[0].index, run[-1].index) if run else None,
        message=message,
        details=details or {},
    )


def of_reply(
    rule: Rule,
    conversation: Conversation,
    reply: Reply,
    *,
    message: str,
    certainty: Certainty,
    details: Mapping[str, Detail] | None = None,
) -> Finding:
    """Make a finding about a reply; its frame is the one that the reply begins in."""
    segments = reply_segments(conversation, *reply.octets)
    asked = conversation.asked(reply)
    first = segments[0] if segments else None
    return Finding(
        rule=rule,
        severity=rule.severity,
        certainty=certainty,
        blame=rule.blame,
        evidence=(),
        frame=Place(first.capture, first.frame) if first else None,
        frames=places([*segments, *(asked.sent[:1] if asked else ())]),
        time=known_time(first.time) if first else None,
        exchanges=(asked.index, asked.index) if asked else None,
        message=message,
        details={"reply_octets": list(reply.octets), **(details or {})},
    )


def of_connection(
    rule: Rule,
    conversation: Conversation,
    *,
    message: str,
    certainty: Certainty,
    segments: Iterable[Sent] = (),
    details: Mapping[str, Detail] | None = None,
    blame: Blame | None = None,
) -> Finding:
    """Make a finding about a connection as a whole; its frame is its first segment's."""
    rows = conversation.connection.rows
    chosen = places(segments) or (Place(rows.capture[0], rows.frame[0]),)
    backwards = zip(reversed(rows.capture), reversed(rows.frame), reversed(rows.time), strict=True)
    time = next((time for capture, frame, time in backwards if (capture, frame) == chosen[0]), None)
    return Finding(
        rule=rule,
        severity=rule.severity,
        certainty=certainty,
        blame=blame or rule.blame,
        evidence=(),
        frame=chosen[0],
        frames=chosen,
        time=known_time(time),
        exchanges=None,
        message=message,
        details=details or {},
    )


def of_capture(
    rule: Rule,
    quality: CaptureQuality,
    *,
    message: str,
    frame: int | None = None,
    details: Mapping[str, Detail] | None = None,
) -> Finding:
    """Make a finding about a capture as a whole; its frame is the last one before the fault."""
    place = Place(quality.index, frame) if frame is not None else None
    return Finding(
        rule=rule,
        severity=rule.severity,
        certainty="proved",
        blame=rule.blame,
        evidence=(),
        frame=place,
        frames=(place,) if place else (),
        time=None,
        exchanges=None,
        message=message,
        details=details or {},
    )
