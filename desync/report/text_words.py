"""The words in which the text report says what the document says in codes.

May know the document's enumerations; must not know a finding, a connection or a terminal.
"""

from collections.abc import Mapping
from typing import Final

SEVERITY_RANK: Final = {"note": 0, "warning": 1, "error": 2}
CERTAINTY_RANK: Final = {"inconclusive": 0, "consistent": 1, "proved": 2}

OUT_OF_TURN: Final = frozenset(f"SYNC10{digit}" for digit in range(1, 8))
"""Findings that say that a client spoke before the reply it had to wait for."""

CERTAINTY: Final = {
    "proved": "proved",
    "consistent": "consistent with the capture, not proved",
    "inconclusive": "cannot be decided from this capture",
}

EVIDENCE: Final = {
    "ack": "the command's own segment acknowledges less than the whole reply",
    "same-segment": "both commands are in one segment",
    "content": "what the client did next fits another reply than the true one",
    "repeat": "the same client does it again and again",
}

SPLIT: Final = {
    "writes": "the server wrote the reply in more than one piece",
    "mss": "the reply is longer than one TCP segment",
    "buffer": "the reply is longer than the server's output buffer",
    "retransmission": "a part of the reply was sent again",
    "unknown": "cannot be told from this capture",
}

CURE: Final = {
    "yes": "would have prevented it",
    "no": "would not have prevented it",
    "unknown": "may or may not have prevented it",
}

MODEL: Final = {
    "whole-reply": "reads whole replies",
    "line": "takes each line for a reply",
    "segment": "takes each segment for a reply",
    "blind": "waits for no reply",
}

CAUSE: Final = {
    "split-reply": "a reply that came in pieces",
    "multiline-reply": "a reply of several lines",
    "late-reply": "a reply that came after the client had stopped waiting for it",
    "surplus-reply": "a reply too many",
    "unsolicited-reply": "a reply that nobody had asked for",
    "missing-reply": "a reply that never came",
    "mail-data-as-commands": "message text that ran as commands",
    "chunk-as-commands": "a refused chunk whose octets the server read as commands",
}

_SMTP: Final = 25

OUTCOME: Final = {
    "accepted": "accepted",
    "refused": "refused",
    "unknown": "not known",
    "none": "no message was sent",
}

CAPTURE_POINT: Final = {
    "client": "at the client",
    "server": "at the server",
    "between": "between the two",
    "unknown": "not known",
}

CAPTURE_PROBLEM: Final = {
    "CAP901": "The file ends in the middle of a frame. Everything before it was analysed.",
    "CAP902": "A part of the file cannot be read. What lies around it was analysed.",
    "CAP903": "Octets were sent that this capture does not hold. Verdicts that need them are not given.",
    "CAP904": "The capture began when the connection was already open.",
    "CAP905": "Only one side of the conversation was captured: what the other had received is not known.",
    "CAP906": "The same packets stand in the capture twice (a mirror port, or -i any). Each counted once.",
    "CAP907": "The same octets were sent twice and differ: something between the two may have changed them.",
    "CAP908": "The capture kept only the beginning of each frame (snap length): mail octets are missing.",
    "CAP909": "The clock of the capture stood still or stepped. Times were not used as evidence.",
    "CAP910": "Frames of a kind that desync cannot decode.",
    "CAP911": "The network card joined segments before they were captured: splits may be hidden.",
    "CAP912": "Encrypted with TLS: what was said inside cannot be judged.",
}
"""What a problem of the capture means, for somebody who meets it for the first time."""


def plural(number: int, singular: str, several: str | None = None) -> str:
    """Count things: ``1 frame``, ``2 frames``, ``12,345 frames``."""
    return f"{number:,} {singular if number == 1 else several or singular + 's'}"


def clock(time: str | None) -> str:
    """Write an RFC 3339 time as people read it; keeps every digit."""
    return "at an unknown time" if time is None else time.replace("T", " ").removesuffix("Z") + " UTC"


def period(first: str | None, last: str | None) -> str:
    """Write the time from first to last, in whole seconds, without saying the same date twice."""
    if first is None or last is None:
        return "at an unknown time"
    start, end = (time.replace("T", " ").removesuffix("Z").partition(".")[0] for time in (first, last))
    if start == end:
        return f"{start} UTC"
    same_day = start[:10] == end[:10]
    return f"{start} to {end[11:] if same_day else end} UTC"


def percent(part: int, whole: int) -> str:
    """A share in percent; never 0 % of some, or 100 % of not all."""
    if not 0 < part < whole:
        return "100 %" if part else "0 %"
    share = 100 * part / whole
    return f"{max(0.1, share):.2g} %" if share < 1 else f"{min(99, round(share))} %"


def end_name(address: str, port: int | None) -> str:
    """Name a client, or a server; the usual port goes without saying."""
    return address if port in {None, _SMTP} else f"{address} port {port}"


def duration(nanoseconds: int) -> str:
    """Write a length of time with three digits that matter: ``250 ms``, ``30.1 s``."""
    for unit, size in (("s", 1_000_000_000), ("ms", 1_000_000), ("us", 1_000)):
        if abs(nanoseconds) >= size:
            value = nanoseconds / size
            return f"{value:.3g} {unit}" if abs(value) < 1000 else f"{value:,.0f} {unit}"
    return f"{nanoseconds} ns"


def clip(text: str, limit: int) -> str:
    """Shorten a text that would fill the screen, and say by how much."""
    return text if len(text) <= limit else f"{text[:limit]}... ({len(text) - limit:,} more characters)"


def left_out_words(left_out: Mapping[str, int]) -> str:
    """Say what is not listed of very long connections: ``1,234 exchanges and 3 messages``; or nothing."""
    names = {"exchanges": "exchange", "unpaired_replies": "unpaired reply", "transactions": "message"}
    plurals = {"unpaired_replies": "unpaired replies"}
    parts = [plural(left_out[key], name, plurals.get(key)) for key, name in names.items() if left_out[key]]
    return " and ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts)
