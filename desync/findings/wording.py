"""Phrases and details that several rules share.

May know exchanges and replies; must not decide anything.
"""

from collections.abc import Mapping
from itertools import groupby
from typing import Final

from desync.exchanges.conversation import Conversation
from desync.exchanges.exchange import Exchange
from desync.exchanges.privacy import private_replies
from desync.findings.cure import cure_of_misread, cure_of_split
from desync.findings.data_ends import inside_data
from desync.findings.drifted import last_drifted
from desync.findings.finding import Detail, Finding
from desync.findings.making import of_exchanges, reply_segments
from desync.findings.rule import Rule
from desync.findings.run_text import is_chunk_text, text_at
from desync.findings.runs import Run
from desync.findings.splits import Split, cut_after, splits
from desync.findings.stray_text import stray_text_at
from desync.tcp.stream import Sent
from desync.units import MILLISECOND, SECOND

HEX_OCTETS: Final = 32
"""So many of the last octets held are shown: enough to see that no CR LF is among them."""

NAMED: Final = 4
"""Commands named in a sentence before "and n more"."""


def commands(run: list[Exchange], conversation: Conversation | None = None) -> str:
    """Name the commands of a run: ``HELO``, ``MAIL, RCPT and DATA``.

    Args:
        run: The exchanges.
        conversation: Their dialogue, where lines of message text may be among them.
    """
    names = _names(run, conversation)
    if len(names) > NAMED:
        return f"{', '.join(names[:NAMED])} and {len(names) - NAMED} more"
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


_PLURAL: Final = {
    "an unknown command": "unknown commands",
    "an AUTH response": "AUTH responses",
    "a line of message text": "lines of message text",
}


def _names(run: list[Exchange], conversation: Conversation | None) -> list[str]:
    """The names of commands, neighbours without a name of their own counted."""
    found = []
    for name, group in groupby(
        "a line of message text" if conversation and _is_message_text(conversation, one.index) else _name(one)
        for one in run
    ):
        several = len(list(group))
        plural = _PLURAL.get(name)
        found += [f"{several} {plural}"] if plural and several > 1 else [name] * several
    return found


def name_of_reply(conversation: Conversation, one: Exchange) -> str:
    """Name the first reply that an exchange should have waited for."""
    if one.standing is None:
        return "the reply"
    return _reply_to(conversation, conversation.exchanges[one.standing.exchange])


def name_of_end(conversation: Conversation, one: Exchange) -> str:
    """Name the reply to what ended the group before an exchange, which it should have waited for."""
    if not one.pipelining or one.required is None:
        return name_of_reply(conversation, one)
    return _reply_to(conversation, conversation.exchanges[one.required])


def _reply_to(conversation: Conversation, owed: Exchange) -> str:
    if owed.prompt.kind == "connection":
        return "the greeting"
    if _is_message_text(conversation, owed.index):
        return "the reply to a line of message text"
    return f"the reply to {_name(owed)}"


def _is_message_text(conversation: Conversation, index: int) -> bool:
    """Whether an exchange is a line of a message that ran as a command."""
    stray = stray_text_at(conversation, index)
    return text_at(conversation, index) is not None or (stray is not None and index > stray.data)


def octets(one: Exchange) -> str:
    """Say how many octets of the outstanding reply the client held: ``17 octets``."""
    held = one.standing.octets if one.standing else 0
    return f"{held} octet{'' if held == 1 else 's'}"


def counted(number: int, noun: str) -> str:
    """A number with its noun: ``1 line``, ``9 lines``."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


def duration(nanoseconds: int) -> str:
    """A time span in words: ``30.0 s``, ``250 ms``."""
    if nanoseconds >= SECOND:
        return f"{nanoseconds / SECOND:.1f} s"
    if nanoseconds >= 10 * MILLISECOND:
        return f"{nanoseconds // MILLISECOND} ms"
    return f"{nanoseconds / MILLISECOND:.1f} ms"


def owed_segments(conversation: Conversation, one: Exchange) -> list[Sent]:
    """The segments of the reply that an exchange did not wait for, and of what asked for it."""
    if one.standing is None:
        return []
    owed = conversation.exchanges[one.standing.exchange]
    return [
        *owed.sent[:1],
        *(reply_segments(conversation, *owed.reply.octets) if owed.reply is not None else []),
    ]


def reasons_of(run: Run) -> dict[str, Detail]:
    """Which reply was owed, and why a verdict is not proved, for ``details``."""
    standing = run.exchanges[0].standing
    found: dict[str, Detail] = {}
    if standing is not None:
        found["reply_of"] = standing.exchange
        found["missing"] = standing.missing
    if run.reasons:
        found["reasons"] = list(run.reasons)
    return found


def because(conversation: Conversation, run: Run) -> dict[str, Detail]:
    """Name the earlier finding that this one follows from.

    A client that took a part of a reply for all of it, or gave up waiting, is a reply behind from
    there on: each of its commands comes while the reply before is outstanding, until it has caught up.
    So is one whose message ran as commands: each of its lines drew a reply.
    """
    one = run.exchanges[0]
    text = _text_run(conversation, one.standing.exchange) if one.standing is not None else {}
    if text:
        return text
    if run.behind is not None:
        code, index = run.behind
        return {"because": code, "because_exchange": index}
    drift = conversation.reading.drift
    if drift is not None and drift.onset < one.index <= last_drifted(conversation.reading):
        return {"because": "SYNC201", "because_exchange": drift.onset}
    return {}


def _text_run(conversation: Conversation, index: int) -> dict[str, Detail]:
    """Name what let message text run as commands, where an exchange is of that text or ended before it."""
    text = text_at(conversation, index)
    if text is not None:
        code = "DATA404" if is_chunk_text(conversation, text) else "SYNC202"
        return {"because": code, "because_exchange": text.first}
    stray = stray_text_at(conversation, index)
    if stray is not None:
        return {"because": "DATA405", "because_exchange": stray.first}
    end = inside_data(conversation, index)
    return {"because": "DATA401", "because_exchange": end.exchange.index} if end is not None else {}


def held_details(conversation: Conversation, run: Run) -> dict[str, Detail]:
    """The details of SYNC102 and SYNC103 (DESIGN.md, section 6)."""
    one = run.exchanges[0]
    found = reasons_of(run)
    if one.standing is None or one.acknowledged is None:
        return found
    owed = conversation.exchanges[one.standing.exchange].reply
    if owed is None:
        return found
    cuts = splits(conversation, owed)
    at = cut_after(cuts, one.acknowledged)
    cured, why = cure_of_misread(conversation, owed, at.how if at else "unknown", one.standing.held)
    start = owed.octets[0]
    held = (
        b""
        if owed in private_replies(conversation)
        else conversation.connection.server_stream.slice(start, one.acknowledged)
    )
    return {
        **found,
        "held": one.standing.octets,
        "held_hex": held[-HEX_OCTETS:].hex(),
        "missing": one.standing.missing,
        "split": at.how if at else "unknown",
        "gap_ns": at.gap if at else None,
        "cure": cured,
        "why": why,
    }


def split_message(run: list[Exchange], cuts: list[Split], what: str) -> str:
    """The message of REPLY301 and REPLY302."""
    gaps = [cut.gap for cut in cuts if cut.gap is not None]
    longest = f", up to {duration(max(gaps))} apart" if gaps else ""
    if len(run) == 1:
        return f"{what} left in {len(cuts) + 1} segments{longest}"
    return f"{what} left in several segments in {len(run)} replies in a row{longest}"


def split_details(conversation: Conversation, one: Exchange, cuts: list[Split]) -> dict[str, Detail]:
    """The details of REPLY301 and REPLY302: of the first cut, and how many there are."""
    first, reply = cuts[0], one.reply
    if reply is None:
        return {}
    start, end = reply.octets
    cured, why = cure_of_split(conversation, reply, first.how)
    held = (
        b""
        if reply in private_replies(conversation)
        else conversation.connection.server_stream.slice(start, first.offset)
    )
    return {
        "held": first.offset - start,
        "held_hex": held[-HEX_OCTETS:].hex(),
        "missing": end - first.offset,
        "split": first.how,
        "gap_ns": first.gap,
        "cure": cured,
        "why": why,
        "cuts": len(cuts),
    }


def _name(one: Exchange) -> str:
    if one.prompt.kind == "connection":
        return "the greeting"
    if one.prompt.kind == "mail-data":
        return "mail data"
    if one.prompt.kind == "auth":
        return "an AUTH response"
    return one.prompt.verb or "an unknown command"


def of_run(
    rule: Rule, conversation: Conversation, run: Run, *, message: str, details: Mapping[str, Detail]
) -> Finding:
    """Make the finding about a run of commands out of turn, with the reply that it did not wait for."""
    return of_exchanges(
        rule,
        run.exchanges,
        message=message,
        certainty=run.certainty,
        evidence=run.evidence,
        segments=owed_segments(conversation, run.exchanges[0]),
        details=details,
    )
