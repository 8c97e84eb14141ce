"""The words in which a comparison says what its document says in codes.

May know the document of a comparison; must not know a terminal.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final, TypeAlias

from desync.report.compare.chance import LEVEL
from desync.report.text_words import CAUSE, MODEL, percent, plural

Row: TypeAlias = Mapping[str, Any]

REASON: Final = {
    "several-writes": "the server wrote the reply in more than one piece",
    "longer-than-segment": "the reply is longer than one TCP segment (MSS)",
    "longer-than-buffer": "the reply is longer than the server's output buffer",
    "sent-again": "a part of the reply was sent again",
    "split-unknown": "why the reply came in pieces cannot be told",
    "line-reader": "it takes each line for a reply, however the server writes them",
    "never-waits": "it waits for no reply",
    "before-greeting": "it sends before the greeting",
    "pipelining-not-offered": "it sends the next command without the reply (pipelining not offered)",
    "pipelining-past-barrier": "it goes on behind a command that must end a group",
    "mail-data-early": "it sends the message before 354",
    "gave-up-waiting": "it stops waiting for a reply and goes on",
    **CAUSE,
}
"""What set a client off."""

_BECAUSE: Final = {
    "no-split-reply-in-a": "no reply to it was split in A",
    "no-split-reply-in-b": "no reply to it was split in B",
    "server-not-in-a": "no server that it is out of step with in B is in A",
    "server-not-in-b": "no server that it was out of step with in A is in B",
    "encrypted-in-a": "all its sessions in A are encrypted",
    "encrypted-in-b": "all its sessions in B are encrypted",
}

_VERDICT: Final = {
    "worse": "in more sessions than in A",
    "fewer": "in fewer sessions than in A",
    "too-few": "too few sessions to tell",
    "only-a": "not in B: nothing is known of it there",
    "only-b": "not in A: whether that is new is not known",
}

_LEAST: Final = 1e-9
"""Below it a probability is no number that says anything."""


def verdict_words(row: Row) -> str:
    """Say what of a client follows from which numbers."""
    chance = "" if row["verdict"] == "still" else chance_words(row["chance"])
    return _verdict(row) + (f"; {chance}" if chance else "")


def _verdict(row: Row) -> str:
    verdict, words = row["verdict"], _BECAUSE.get(row["because"] or "", "")
    if verdict in _VERDICT:
        return _VERDICT[verdict]
    if verdict == "not-tested":
        return f"not tested: {words}"
    if verdict == "new":
        quiet = f"in step in A in all of {plural(_clear(row['a']), 'session')}"
        return f"{quiet}, where {words.removesuffix(' in A')}" if words else quiet
    if verdict == "still":
        return f"out of step in both; {_unchanged(row['chance'])}"
    return _ended(row)


def _unchanged(chance: float | None) -> str:
    """Say why no more is said of a client that is out of step in both."""
    if chance is None:
        return "too few sessions to say more"
    return "the shares differ " + ("too little to speak of" if chance <= LEVEL else "no more than by chance")


def _ended(row: Row) -> str:
    """Say on what it rests that a client is out of step no more."""
    b, because = row["b"], row["because"]
    if because == "read-split-replies":
        return f"put to the test: it misread none of {plural(b['split'], 'session')} with a split reply"
    if because == "in-step":
        return f"in step in all of {plural(_clear(b), 'session')}"
    if because == "no-split-reply-in-b":
        return "no reply to it was split in B: how it would read one now is not known"
    fewer = f"{b['split']:,} of {plural(_clear(b), 'session')}"
    return f"in B only {fewer} had a split reply: too few to tell how it reads one now"


def chance_words(chance: float | None) -> str:
    """Say how probable chance alone makes it; nothing where that was not asked."""
    if chance is None:
        return ""
    if chance > 1 / 2:
        return "chance alone explains it"
    if chance < _LEAST:
        return "chance alone shows as much less than 1 time in a billion"
    times = int(float(f"{1 / chance:.2g}"))
    return f"chance alone shows as much 1 time in {times:,}"


def quiet_words(seen: Row) -> str:
    """Say how many sessions a client had on one side, and how many of them could show anything."""
    words = plural(seen["sessions"], "session")
    if seen["encrypted"]:
        words += f", {seen['encrypted']:,} encrypted" if _clear(seen) else ", all encrypted"
    return f"{words}, {seen['split']:,} with a split reply"


def side_words(seen: Row) -> str:
    """Say what was seen of a client on one side, in numbers."""
    return "".join(_side_parts(seen))


def _side_parts(seen: Row) -> Iterator[str]:
    yield f"{quiet_words(seen)}: "
    out, proved = seen["out_of_step"], seen["proved"]
    if not out:
        yield "never out of step"
        return
    yield f"out of step in {out:,}, " + ("proved" if proved == out else f"proved in {proved:,}")
    if 0 < seen["misread"] < out:
        yield f", misread a reply in {seen['misread']:,}"
    if seen["model"] not in {None, "whole-reply"}:
        yield f"; {MODEL[seen['model']]}"


def why_words(seen: Row) -> str:
    """Say what set a client off on one side, each with its sessions where there are several."""
    why = seen["why"]
    if all(one["sessions"] == seen["out_of_step"] for one in why):
        return "; ".join(REASON[one["reason"]] for one in why)
    return "; ".join(f"{REASON[one['reason']]}: {plural(one['sessions'], 'session')}" for one in why)


def server_words(seen: Row) -> str:
    """Say what was seen of a server on one side, in numbers."""
    sessions = seen["sessions"]
    shares = ", ".join(
        f"{label} in {seen[name]:,} ({percent(seen[name], sessions)})"
        for name, label in (("split", "split reply"), ("misread", "misread"))
    )
    return f"{plural(sessions, 'session')}, {shares}"


def server_verdict_words(row: Row) -> str:
    """Say what may be said of a server's split replies; or nothing."""
    words = {
        "more-splits": "replies are split in more sessions than in A",
        "fewer-splits": "replies are split in fewer sessions than in A",
        "only-a": "not in B",
        "only-b": "not in A",
    }.get(row["verdict"], "")
    chance = chance_words(row["chance"]) if row["verdict"] in {"more-splits", "fewer-splits"} else ""
    return f"{words}; {chance}" if chance else words


def _clear(seen: Row) -> int:
    return int(seen["sessions"] - seen["encrypted"])
