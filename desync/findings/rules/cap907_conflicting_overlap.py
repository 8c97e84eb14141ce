r"""CAP907 conflicting-overlap

The same octets of a stream were sent twice, with different contents.

Fires when
    A later copy of octets that are already there differs from the first one. desync keeps
    the first copy for reading the dialogue and reports both, with frame and offset.

    Certainty: proved that the copies differ. Which of them the receiver took is known
    - where it had acknowledged the octets before the second copy came: the first one;
    - where one of them has a wrong checksum, or no ACK flag: the other one.

    Else each TCP keeps a copy by rules of its own, and the dialogue is read once more as each
    of them would have it: first (Windows since Vista), bsd (macOS and older Windows too),
    linux, old-linux (2.2), solaris (HP-UX 11 too), last (and any TCP that the first copy
    never reached). What follows from every reading stands, but not where several stretches
    are in doubt: a receiver may have mixed the copies. What follows from some is
    inconclusive, and its details name the policies under which it holds; what only another
    copy would show is named in the details of this finding, as "otherwise".

    A copy whose hop limit is not that of its side's other segments is named too: somebody
    elsewhere on the path may have sent it.

Does not fire when
    - The later copy says the same, whole or in part: an ordinary retransmission.
    - It is a keep-alive of one octet in front of the next sequence number.
    - A new connection uses the same addresses and ports.

    Not known: whether a box on the path rewrites what passes through it, somebody injects
    segments, or a TCP is faulty; and, but for the two cases above, what the other end took.

Why it matters
    A sender's TCP sends again what it sent. If a copy differs, something between the sender
    and the place of capture changed one of the two, or put in octets of its own. A dialogue
    that the receiver read from the other copy may have gone otherwise than shown.

What to do
    client: Capture at the client as well, and compare with the capture from the server.
    server: Look for boxes that inspect or rewrite mail on the path, and switch that off for
        the mail port.

Example
        frame 8  C: "RCPT TO:<b@example.org>\r\n"    acknowledges 132
        frame 9  C: "RCPT TO:<x@example.org>\r\n"    the same octets, sent again

        desync show captures/rules/CAP907-conflicting-overlap.fires.pcap --stream 0

See it in Wireshark
    Wireshark shows both as segments of the same sequence number; compare their octets.

        tcp.analysis.retransmission || tcp.segment.overlap.conflict

References
    - RFC 9293, section 3.4: each octet has a sequence number.
    - Why a reader must not choose in silence:
      https://github.com/JarryShaw/PyPCAPKit/issues/443
"""  # noqa: D415, D416 - a page: its title and headings are fixed by the catalogue

from collections.abc import Iterator, Mapping
from typing import Final, TypeAlias

from desync.exchanges.conversation import Conversation
from desync.findings.certainty import strange_rows
from desync.findings.finding import Detail, Facts, Finding
from desync.findings.making import of_connection
from desync.findings.rule import Rule
from desync.tcp.stream import Stream

RULE: Final = Rule(code="CAP907", name="conflicting-overlap", severity="warning", blame="path")

Strange: TypeAlias = Mapping[int, tuple[int, int]]
"""The rows with a strange hop limit: their own, and the usual one."""


def find(conversation: Conversation, facts: Facts) -> Iterator[Finding]:  # noqa: ARG001 - all rules are called alike
    """Find octets of which two differing copies were captured."""
    connection, strange = conversation.connection, {}
    if connection.client_stream.conflicts or connection.server_stream.conflicts:
        strange = conversation.once(strange_rows)
    for side, stream in (("client", connection.client_stream), ("server", connection.server_stream)):
        if stream.conflicts:
            first, more = stream.conflicts[0], len(stream.conflicts) - 1
            others = f", and {more} more" if more else ""
            yield of_connection(
                RULE,
                conversation,
                message=f"the {side}'s octets {first.start} to {first.end} came twice and differ{others}; "
                f"{_known(stream, strange)}",
                certainty="proved",
                segments=[segment for one in stream.conflicts for segment in (one.kept, one.dropped)],
                details={
                    "side": side,
                    "conflicts": len(stream.conflicts),
                    "octets": [first.start, first.end],
                    "kept": first.kept.frame,
                    "settled": first.settled,
                    "hop_limits": _hop_limits(stream, strange),
                },
            )


def _known(stream: Stream, strange: Strange) -> str:
    """How it is known which copy was taken, or why not: of the first that is in doubt."""
    one = next((one for one in stream.conflicts if one.settled is None), stream.conflicts[0])
    if one.settled == "acknowledged":
        return "the first copy had been acknowledged when the second came"
    if one.settled is not None:
        flaw = {"checksum": "a wrong checksum", "flags": "no ACK flag"}[one.settled]
        return f"the copy of frame {one.dropped.frame} has {flaw}: its receiver throws it away"
    for copy in (one.kept, one.dropped):
        if copy.row in strange:
            own, usual = strange[copy.row]
            return f"the copy of frame {copy.frame} has the hop limit {own}, its side's others have {usual}"
    return "which of them was taken is not known"


def _hop_limits(stream: Stream, strange: Strange) -> list[Detail]:
    """The copies whose hop limit is not that of their side's other segments."""
    copies = {copy.row: copy.frame for one in stream.conflicts for copy in (one.kept, one.dropped)}
    return [
        {"frame": frame, "hop_limit": strange[row][0], "usual": strange[row][1]}
        for row, frame in sorted(copies.items())
        if row in strange
    ]
