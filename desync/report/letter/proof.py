"""The proof of a finding as a reader can check it: frame by frame, who sent which octets.

May know the document's exchanges and replies; shows nothing of them that somebody wrote but the greeting:
verbs, codes, octets and acknowledgments.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import Any, Final, NamedTuple

from desync.report.beliefs import exchange_at, prompt_name, reply_name
from desync.report.letter.choice import Connection, Finding
from desync.report.text_reply import portions
from desync.report.text_words import clip, duration, plural

MOST_FRAMES: Final = 12
"""Frames that a proof names one by one."""

_MOST_NAMES: Final = 4
_HELD_LIMIT: Final = 60


class Row(NamedTuple):
    """A frame of a proof.

    Attributes:
        frame: ``frame.number``.
        time: RFC 3339, or None.
        sender: ``client`` or ``server``.
        what: What it carries.
    """

    frame: int
    time: str | None
    sender: str
    what: str


class _Part(NamedTuple):
    """What a frame carries of one command or reply."""

    capture: int
    frame: int
    sender: str
    octets: tuple[int, int]
    name: str
    time: str | None
    acknowledged: int | None = None


def rows(connection: Connection, finding: Finding) -> list[Row]:
    """The frames of a finding that carry something, in order, each once for each sender."""
    wanted = {(place["capture"], place["frame"]) for place in finding["frames"]}
    parts = sorted({part for part in _parts(connection) if part[:2] in wanted}, key=lambda part: part[:4])
    return [_row(list(group)) for _, group in groupby(parts, key=lambda part: part[:3])]


def fact(connection: Connection, finding: Finding) -> str:
    """What the frames of a command out of turn show; empty where the finding's message says all."""
    said = exchange_at(connection, finding["exchanges"][0]) if finding["exchanges"] else None
    if said is None:
        return ""
    owed = exchange_at(connection, finding["details"].get("reply_of"))
    if "ack" in finding["evidence"] and owed is not None and owed["reply"] is not None:
        covered = said["acknowledged"]
        if covered is None:
            return ""
        return (
            f"Frame {said['frame']}, which carries {_name(said)}, acknowledges {plural(covered, 'octet')} of "
            f"the server; {reply_name(owed)} ends at {owed['reply']['octets'][1]}.{_held(owed, finding)}"
        )
    if "same-segment" in finding["evidence"]:
        return (
            f"Frame {said['frame']} carries more than one command: the reply to the first was not waited for."
        )
    return ""


WHY_PROVED: Final = (
    "A segment always carries the newest acknowledgment, so the client's TCP did not have the whole reply "
    "when it sent this, and no program behind it can have read it. That holds wherever the capture was "
    "taken, and needs no clock."
)
"""Why an acknowledgment proves that a command was early."""


def beliefs(connection: Connection, finding: Finding) -> Iterator[str]:
    """What each prompt drew, and what the client took for it, of a client that drifted: codes and octets."""
    for one in finding["details"].get("pairings") or ():
        asked = exchange_at(connection, one["exchange"])
        if asked is None or one["octets"] is None:
            continue
        start, end = one["octets"]
        code = "no code" if one["believed"] is None else one["believed"]
        taken = f"octets {start}-{end}, {code}" if start < end else "nothing"
        yield f"{_name(asked)} drew {one['true'] or 'no reply'}; taken for it: {taken}"


def how_split(finding: Finding) -> str:
    """How a reply came to be in pieces, and whether one write would have helped; or nothing."""
    details = finding["details"]
    how = {
        "writes": "The server wrote the reply in more than one piece",
        "mss": "The reply is longer than a TCP segment",
        "buffer": "The reply is longer than the server's output buffer",
        "retransmission": "A part of the reply had to be sent again",
    }.get(details.get("split"))
    if how is None:
        return ""
    gap = details.get("gap_ns")
    later = f", the rest {duration(gap)} later" if isinstance(gap, int) and gap > 0 else ""
    cured = {
        "yes": " One write for the whole reply would have prevented the misreading.",
        "no": " One write for the whole reply would not have prevented the misreading.",
    }.get(details.get("cure"), "")
    return f"{how}{later}.{cured}"


def _held(owed: Mapping[str, Any], finding: Finding) -> str:
    """What the client had of the greeting; other replies may name somebody."""
    held = finding["details"].get("held")
    if owed["prompt"] != "connection" or not isinstance(held, int) or not finding["details"].get("held_hex"):
        return ""
    cut = portions(owed["reply"], held)
    return f' What it had of it is "{clip(cut.held, _HELD_LIMIT)}".' if cut is not None else ""


def _parts(connection: Connection) -> Iterator[_Part]:
    for one in connection["exchanges"]:
        if one["frames"] and one["octets"]:
            first, octets = one["frames"][0], tuple(one["octets"])
            yield _Part(
                first["capture"],
                first["frame"],
                "client",
                octets,
                _name(one),
                one["time"],
                one["acknowledged"],
            )
            for place in one["frames"][1:]:
                yield _Part(place["capture"], place["frame"], "client", octets, f"more of {_name(one)}", None)
        if one["reply"]:
            yield from _reply_parts(one["reply"], reply_name(one))
    for reply in connection["unpaired_replies"]:
        yield from _reply_parts(reply, "a reply that nothing asked for")


def _reply_parts(reply: Mapping[str, Any], name: str) -> Iterator[_Part]:
    start, end = reply["octets"]
    code = f" ({reply['code']})" if reply["code"] is not None else ""
    for each in reply["segments"]:
        low, high = each["octets"]
        part = "" if (low, high) == (start, end) else f"{high - low} of {end - start} octets of "
        yield _Part(
            each["capture"], each["frame"], "server", (low, high), f"{part}{name}{code}", each["time"]
        )


def _name(one: Mapping[str, Any]) -> str:
    return "a line that is no command" if one["prompt"] == "command" and not one["verb"] else prompt_name(one)


def _row(parts: list[_Part]) -> Row:
    """One line for what one side sent in one frame."""
    first = parts[0]
    counts = Counter(part.name for part in parts)
    names = [f"{count} times {name}" if count > 1 else name for name, count in counts.items()][:_MOST_NAMES]
    more = f" and {len(counts) - _MOST_NAMES} more" if len(counts) > _MOST_NAMES else ""
    covered = next((part.acknowledged for part in parts if part.acknowledged is not None), None)
    seen = "" if covered is None else f", acknowledges {covered}"
    start, end = min(part.octets[0] for part in parts), max(part.octets[1] for part in parts)
    where = "" if first.name.startswith("more of") else f", octets {start}-{end}"
    time = next((part.time for part in parts if part.time is not None), None)
    return Row(first.frame, time, first.sender, f"{', '.join(names)}{more}{where}{seen}")
