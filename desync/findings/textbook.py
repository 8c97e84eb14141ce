"""Textbook connections: those about which no rule has anything to say, notes on splits apart.

Most are so, and to ask thirty rules about each would cost more than all the rest. Streams are
read, paired and weighed by the one code that does so for all; what is asked here is only whether
anything is left to judge. A property test holds this against judging. May know the dialogue and
its evidence; must not judge: where there is any doubt, the answer is no.
"""

from bisect import bisect_right
from itertools import groupby
from typing import Final, NamedTuple

from desync.exchanges.dialogue import Dialogue
from desync.exchanges.evidence import Evidence, evidence_of
from desync.exchanges.pairing import Pairing, pair
from desync.findings.out_of_turn import EARLY_PIPELINING
from desync.findings.rules.reply303_malformed_reply import what_is_wrong
from desync.smtp.prompt import Phase
from desync.smtp.reply import Reply
from desync.smtp.server import Replies
from desync.tcp.stream import Stream

_HELLOS: Final = frozenset({b"EHLO", b"HELO", b"LHLO"})

MOST_SPLITS: Final = 200
"""Segment boundaries inside replies that are looked at here; a tarpit is no textbook."""


class Textbook(NamedTuple):
    """What is known of a textbook connection.

    Attributes:
        name: What the client calls itself.
        banner: The first line of the greeting.
        codes: How many notes of each code (REPLY301 and REPLY302 alone are possible).
    """

    name: bytes | None
    banner: bytes
    codes: tuple[tuple[str, int], ...]


def textbook(client: Stream, server: Stream) -> Textbook | None:
    """Read a connection, and say whether nothing is left to judge.

    Args:
        client: The client's stream, whole from its SYN on.
        server: The server's stream, likewise.
    """
    if not client.runs or client.runs[0][1][:4].upper() not in _HELLOS:
        return None
    dialogue = Dialogue(client, server, Replies(server))
    pairing = pair(dialogue)
    if pairing.searched or pairing.phase is not Phase.COMMAND or not _is_plain(pairing):
        return None
    evidence = evidence_of(pairing, client, server)
    if any(
        "PIPE" in word and word in EARLY_PIPELINING for offer in evidence.offers for word in offer.keywords
    ):
        return None
    if not all(evidence.weigh(number).in_step for number in range(1, len(evidence.asked))):
        return None
    codes = _split_notes(pairing, server)
    greeting = pairing.pairs[0].reply
    if codes is None or greeting is None:
        return None
    return Textbook(_name(evidence), greeting.lines[0].line.text, codes)


def _is_plain(pairing: Pairing) -> bool:
    """Whether each prompt has one well-formed reply with a code that it can draw, and QUIT comes last."""
    last = len(pairing.pairs) - 1
    for number, (prompt, reply, certainty) in enumerate(pairing.pairs):
        if prompt is None or reply is None or certainty != "forced" or not prompt.terminated:
            return False
        if not reply.complete or any(what_is_wrong(line) or line.code != reply.code for line in reply.lines):
            return False
        verb = prompt.verb
        if verb in ("STARTTLS", "AUTH", "XCLIENT") or (verb == "QUIT" and number != last):
            return False
    # In order and without a cost: each code is one that its prompt can draw.
    return pairing.cost == 0


def _name(evidence: Evidence) -> bytes | None:
    for one in reversed(evidence.asked):
        command = one.prompt.command
        if command is not None and one.prompt.verb in ("EHLO", "HELO", "LHLO") and command.argument.strip():
            return command.argument.strip()
    return None


def _split_notes(pairing: Pairing, server: Stream) -> tuple[tuple[str, int], ...] | None:
    """How many findings REPLY301 and REPLY302 would make: one for each run of neighbours."""
    replies = [one.reply for one in pairing.pairs if one.reply is not None]
    if len(server.starts) <= len(replies) and all(
        _is_at_an_end(start, replies) for start in server.starts[1:]
    ):
        return ()
    if len(server.starts) > MOST_SPLITS:
        return None
    inside, between = [], []
    for reply in replies:
        start, end = reply.octets
        cuts = server.starts[bisect_right(server.starts, start) : bisect_right(server.starts, end - 1)]
        ends = {line.line.end for line in reply.lines}
        inside.append(any(cut not in ends for cut in cuts))
        between.append(any(cut in ends for cut in cuts))
    counts = [
        (code, sum(1 for split, _ in groupby(flags) if split))
        for code, flags in (("REPLY301", inside), ("REPLY302", between))
    ]
    return tuple((code, count) for code, count in counts if count)


def _is_at_an_end(start: int, replies: list[Reply]) -> bool:
    return any(reply.octets[0] == start for reply in replies)
