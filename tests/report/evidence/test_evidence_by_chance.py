"""However a dialogue is cut, repeated with other octets, reordered or lost: its evidence says the same."""

import re
import tempfile
from pathlib import Path

from build import cut, lines, segments_capture
from hypothesis import given, settings
from hypothesis import strategies as st
from report.evidence import reading

DIALOGUES = [
    lines(text)
    for text in (
        r"""
    S: 220 mx.example.org ESMTP ready
    C: EHLO gw.example.net
    S: 250-mx.example.org
    + 250-AUTH PLAIN
    + 250 PIPELINING
    C: AUTH PLAIN U2VrcmV0U2VrcmV0
    S: 535 5.7.8 U2VrcmV0U2VrcmV0 is wrong
    C: MAIL FROM:<a@example.net>
    + RCPT TO:<b@example.org>
    + DATA
    S: 250 Ok
    + 250 Ok
    + 354 Go ahead
    C: Subject: Sekret
    +
    + Sekret\n.\nSekret\rSekret
    + ..Sekret
    + .
    S: 250 Ok
    C: QUIT
    S: 221 Bye
    """,
        """
    S: 220 mx.example.org ESMTP ready
    C: HELO gw.example.net
    S: 250 mx.example.org
    C: DATA
    S: 503 5.5.1 No
    C: Subject: Sekret subject
    + Sekret text
    + HELP Sekret
    + .
    S: 500 5.5.2 Sekret subject?
    + 500 5.5.2 what?
    + 214 2.0.0 See Sekret
    + 500 5.5.2 what?
    C: Sekret-command
    S: 500 5.5.2 Sekret-command?
    C: QUIT
    S: 221 Bye
    """,
    )
]
SECRETS = (b"Sekret", b"U2VrcmV0")

MOVES = st.lists(
    st.tuples(
        st.sampled_from(["cut", "other", "again", "swap", "lose"]), st.integers(0, 99), st.integers(1, 60)
    ),
    max_size=6,
)


def moved(sent, moves):
    """Cut a segment, repeat it (with other octets), swap it with the next, or lose it."""
    sent = list(sent)
    for what, number, place in moves:
        at = 3 + number % (len(sent) - 4)
        one = sent[at]
        if what == "cut":
            sent[at : at + 1] = cut(one, place)
        elif what == "swap":
            sent[at], sent[at + 1] = sent[at + 1], one
        elif what == "lose":
            del sent[at]
        elif one.octets:
            other = bytes(
                octet ^ (7 if index % 5 == place % 5 else 0) for index, octet in enumerate(one.octets)
            )
            copy = other if what == "other" else one.octets
            sent.insert(at + 1, one._replace(octets=copy, time=one.time + 1))
    return sent


@settings(max_examples=25)
@given(st.sampled_from(DIALOGUES), MOVES)
def test_it_says_the_same_and_nothing_private(sent, moves):
    with tempfile.TemporaryDirectory() as directory:
        path, evidence = Path(directory) / "x.pcap", Path(directory) / "evidence.pcapng"
        path.write_bytes(segments_capture(moved(sent, moves)))
        said = reading.connections(path)
        evidence.write_bytes(reading.write(path))
        if said:
            assert [_shown(one) for one in reading.connections(evidence)] == [_shown(one) for one in said]
            assert reading.sums_are_kept(path, evidence)


def _shown(one):
    """What is said, but for replies that are shown in full: where lines were lost some may quote them."""
    return one | {"findings": [re.sub(r'"held_hex": "[0-9a-f]*"', "", text) for text in one["findings"]]}
