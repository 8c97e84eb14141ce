"""The words in which two points laid over each other are told.

May know the document's rows; must not know how they come about, nor how lines are set.
"""

import re
from collections.abc import Mapping
from typing import Any, Final, TypeAlias

from desync.report.text_words import CERTAINTY, duration, plural
from desync.units import MILLISECOND

Row: TypeAlias = Mapping[str, Any]

KNOWN_BY: Final = {
    "numbers": "both initial sequence numbers",
    "addresses": "addresses, ports and time; the sequence numbers are others",
    "octets": "what was said; addresses and sequence numbers are others",
}

DOUBTS: Final = {
    "match": "another connection may be the same one as well",
    "not-captured": "the capture there may have missed a frame",
    "tail": "the capture there shows no end of the stream",
    "recorded-twice": "the capture there may have recorded one packet twice",
}

NO_CLOCK: Final = {
    "unsound": "not compared; one of them steps or stands still",
    "one-way": "not compared; no segment of both directions is in both captures",
    "drift": "not compared; segments arrive before they are sent: they run apart, or a box answers first",
}

POINT: Final = {
    "client": ", captured at the client",
    "server": ", captured at the server",
    "between": ", captured between the two",
    "unknown": "",
}

_TLS_OFFER: Final = re.compile(r"250[- ]STARTTLS\b", re.IGNORECASE)

HELD_UP: Final = 50 * MILLISECOND
"""By how much the slowest segment must be behind the others for its frames to be told."""

MASKED: Final = frozenset({"PATH601", "PATH602", "TLS503"})
"""Findings that say of one capture that something was written over."""


def part_words(deed: Row) -> str:
    """What octets are a part of: ``the reply to EHLO``."""
    part, verb = deed["part"], deed["verb"]
    if part == "reply":
        return {"mail-data": "the reply to the message", None: "a reply"}.get(verb, f"the reply to {verb}")
    named = {"greeting": "the greeting", "auth": "the authentication", "mail-data": "the message"}
    fallback = verb or "a command" if part == "command" else f"what the {deed['sender']} sent"
    return {**named, "tls": "the TLS records"}.get(part, fallback)


def deed_words(deed: Row, sent: str, arrived: str) -> str:
    """Say what happened.

    Args:
        deed: It.
        sent: ``A`` or ``B``, where its sender's segments leave.
        arrived: The other one.
    """
    what, count, who = deed["what"], deed["segments"], deed["sender"]
    before, after = (_size(deed["octets"][where.lower()]) for where in (sent, arrived))
    part = part_words(deed)
    told = {
        "changed": lambda: f"{part} was overwritten, {plural(before, 'octet')} at the same length",
        "replaced": lambda: f"{part} was rewritten: {plural(before, 'octet')} became {after:,}",
        "missing": lambda: f"{plural(before, 'octet')} of {part} never came to {arrived}",
        "inserted": lambda: f"{plural(after, 'octet')} of {part} came to {arrived} and never left {sent}",
        "made": lambda: _made(deed, sent, arrived),
        "acknowledged": lambda: _acknowledged(deed, sent, arrived),
        "lost": lambda: _lost(deed, sent, arrived, before),
        "doubled": lambda: f"{plural(count, 'segment')} of the {who} came to {arrived} twice",
        "cut": lambda: f"octets of the {who} came to {arrived} cut anew, in {plural(count, 'segment')}",
    }
    return (
        told[what]()
        + _no_tls(deed, sent, arrived)
        + (_hops(deed) if what in ("inserted", "replaced", "changed") else "")
    )


def sureness(deed: Row) -> str:
    """How sure it is, and why not surer."""
    why = "; ".join(DOUBTS[one] for one in deed["doubts"])
    return CERTAINTY[deed["certainty"]] + (f" ({why})" if why else "")


def check_words(row: Row, sender: str, *, proved: bool) -> str:
    """Say what both points together say to a finding.

    Args:
        row: The finding.
        sender: ``A`` or ``B``, the point nearer to whoever said what is masked.
        proved: Whether all is proved that says so.
    """
    here = "A" if row["a"] else "B"
    there = "B" if here == "A" else "A"
    both = "both points" if row["a"] and row["b"] else f"{here} only"
    sure = "the path did it, proved" if proved else "the path may have done it, not proved"
    told = {
        "between": f"at {both}: what it rests on was changed between A and B: {sure}",
        "both": "at both points: it was not made between them",
        "copy-lost": f"at {here} only: the segment that shows it never came to {there}",
        "cut": f"at {here} only: between A and B the octets were cut anew",
        "answered": f"at {here} only: it rests on segments that were made up between A and B",
        "other-capture": f"at {here} only: {there} has what {here} lacks",
        "not-running": f"at {here} only: the capture at {there} was not running then",
        "incomplete": f"at {here} only: the capture at {there} does not hold all of the connection",
        "crossed": f"at {here} only: segments of both sides crossed between A and B",
        "open": f"at {here} only; nothing seen between the points explains that",
    }
    words = told[row["result"]]
    if row["result"] == "both" and row["code"] in MASKED:
        words += f"; what wrote it lies beyond {sender}"
    return words


def clock_words(clock: Row) -> str:
    """Say how far the clocks are apart."""
    if clock["b_ahead_ns"] is None:
        return NO_CLOCK[clock["reason"]]
    ahead = clock["b_ahead_ns"]
    apart = f"B is {duration(abs(ahead))} {'ahead of' if ahead > 0 else 'behind'} A" if ahead else "the same"
    return f"{apart}, if the quickest segments took as long both ways: {duration(clock['way_ns'])} each"


def course_words(course: Row, sent: str, arrived: str) -> str:
    """Say what became of one direction's segments."""
    segments, delay, hops = course["segments"], course["delay"], course["hops"]
    words = f"{plural(segments['sent'], 'segment')} left {sent}, {segments['arrived']:,} came to {arrived}"
    parts = [
        what
        for key, what in (
            ("lost", f"{segments['lost']:,} lost"),
            ("bare_lost", f"{plural(segments['bare_lost'], 'bare acknowledgment')} lost"),
            ("made_up", f"{segments['made_up']:,} made up"),
            (
                "acknowledgments_made_up",
                plural(segments["acknowledgments_made_up"], "made-up acknowledgment"),
            ),
        )
        if segments[key]
    ]
    words += f" ({', '.join(parts)})" if parts else ""
    if delay is not None:
        spread = [duration(delay[key]) for key in ("least_ns", "median_ns", "most_ns")]
        words += f"; took {spread[0]}"
        words += f" to {spread[2]}, median {spread[1]}" if spread[0] != spread[2] else ""
        if delay["most_ns"] - delay["median_ns"] >= HELD_UP:
            words += f" (the slowest: frame {delay['slowest'][sent.lower()]} of {sent}, "
            words += f"{delay['slowest'][arrived.lower()]} of {arrived})"
    if None not in hops.values() and hops[sent.lower()] != hops[arrived.lower()]:
        words += f"; time to live {hops[sent.lower()]} at {sent}, {hops[arrived.lower()]} at {arrived}"
    if course["unknown"]:
        words += f"; {plural(course['unknown'], 'octet')} not in both captures"
    if course["incomparable"] is not None:
        words += f"; {_INCOMPARABLE[course['incomparable']]}"
    return words


_INCOMPARABLE: Final = {
    "holes": "behind a hole of a capture the octets do not lie where they should: not compared",
    "beginnings": "its octets cannot be laid over each other: the beginning was not captured",
}


def option_words(one: Row) -> str:
    """Say what became of an option: ``MSS 1460 at A, 1380 at B``."""
    a, b = one["a"], one["b"]
    if a is None or b is None:
        where, value = ("B", b) if a is None else ("A", a)
        shown = "" if value == "yes" else f" {value}"
        return f"{one['packet']}: {one['option']}{shown} at {where} only"
    return f"{one['packet']}: {one['option']} {a} at A, {b} at B"


def renumbered_words(renumbered: Row) -> str | None:
    """Whose sequence numbers are others at the other point, or None."""
    whose = [f"the {side}'s" for side in ("client", "server") if renumbered[side]]
    return f"{' and '.join(whose)} are others at B" if whose else None


def _no_tls(deed: Row, sent: str, arrived: str) -> str:
    """Say so where the client was not told that it might encrypt."""
    before, after = ("".join(deed["text"][where.lower()] or ()) for where in (sent, arrived))
    gone = deed["part"] == "reply" and _TLS_OFFER.search(before) and not _TLS_OFFER.search(after)
    return "; so the client was offered no TLS" if gone else ""


def _size(span: list[int] | None) -> int:
    return span[1] - span[0] if span else 0


def _segment(deed: Row) -> str:
    flags = " and ".join(deed["flags"])
    return f"a {flags}" if flags else "a segment"


def _made(deed: Row, sent: str, arrived: str) -> str:
    words = f"{_segment(deed)} came to {arrived} in the {deed['sender']}'s name and never left {sent}"
    return words + _hops(deed)


def _hops(deed: Row) -> str:
    hops = deed["hops"]
    return "" if hops is None else f"; time to live {hops['made_up']}, that of others {hops['usual']}"


def _lost(deed: Row, sent: str, arrived: str, octets: int) -> str:
    what = _segment(deed) + (f" of {plural(octets, 'octet')}" if octets else "")
    words = f"{what} of the {deed['sender']} left {sent} and never came to {arrived}"
    if deed["came_later"] is None:
        return words
    return f"{words}; the octets {'came in another copy' if deed['came_later'] else 'never came'}"


def _acknowledged(deed: Row, sent: str, arrived: str) -> str:
    words = plural(deed["segments"], "acknowledgment")
    words += f" came to {arrived} in the {deed['sender']}'s name and never left {sent}, the first for "
    words += plural(deed["acknowledged"]["made_up"], "octet")
    return f"{words}: something between the points takes and acknowledges the octets itself"
