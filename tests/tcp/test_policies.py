"""Which of two differing copies each kind of TCP keeps, by the table of Novak and Sturges."""

import pytest
from tcp.handmade import ENDS, HANDSHAKE, MAIL, c, connected, frames, rows_of, s, wrong_checksum

from desync.tcp.connection import connect
from desync.tcp.policies import POLICIES

OLD, NEW = b"o", b"n"

KEPT = {
    # Old and new segment behind a hole, and who keeps what: o10 n5 is ten old octets and five new ones.
    ((10, 20), (10, 20)): {"o10": "first bsd linux", "n10": "old-linux solaris last"},
    ((10, 20), (10, 25)): {"o10 n5": "first bsd", "n15": "linux old-linux solaris last"},
    ((10, 25), (10, 20)): {"o15": "first bsd linux old-linux solaris", "n10 o5": "last"},
    ((15, 25), (10, 20)): {"n5 o10": "first solaris", "n10 o5": "bsd linux old-linux last"},
    ((15, 20), (10, 25)): {"n5 o5 n5": "first", "n15": "bsd linux old-linux solaris last"},
    ((10, 20), (15, 25)): {"o10 n5": "first bsd linux old-linux", "o5 n10": "solaris last"},
    ((10, 25), (15, 20)): {"o15": "first bsd linux old-linux solaris", "o5 n5 o5": "last"},
    ((10, 20), (15, 20)): {"o10": "first bsd linux old-linux solaris", "o5 n5": "last"},
}


def segment(span, octet):
    return c(span[0], octet * (span[1] - span[0]), 0)


@pytest.mark.parametrize(("old", "new"), KEPT)
def test_behind_a_hole_each_keeps_what_its_table_says(old, new):
    one = connected([*HANDSHAKE, segment(old, OLD), segment(new, NEW), c(0, b"-" * 10, 0)])
    assert one.disputed
    for kept, policies in KEPT[old, new].items():
        octets = "".join(part[0] * int(part[1:]) for part in kept.split())
        for policy in policies.split():
            assert one.under(policy).client_stream.octets == b"-" * 10 + octets.encode(), policy


@pytest.mark.parametrize("policy", POLICIES)
def test_what_waited_for_nothing_was_handed_on_at_once(policy):
    one = connected([*HANDSHAKE, segment((0, 10), OLD), segment((0, 10), NEW)])
    wanted = NEW if policy == "last" else OLD
    assert one.under(policy).client_stream.octets == wanted * 10


def acknowledged(at, *, back=False):
    """A hole, two copies behind it, and somewhere the acknowledgment of all."""
    sent = [*HANDSHAKE, segment((10, 20), OLD), c(0, b"-" * 10, 0), segment((10, 20), NEW), c(20, b"end", 0)]
    sent.insert(at, s(0, acknowledged=20, flags=""))
    if back:
        sent[-1] = sent[-1]._replace(time=1)
    return connected(sent)


def test_what_was_acknowledged_between_the_copies_is_settled():
    one = acknowledged(5)
    (conflict,) = one.client_stream.conflicts
    assert conflict.settled == "acknowledged"
    assert not one.disputed
    assert {one.under(policy).client_stream.octets for policy in POLICIES} == {b"-" * 10 + OLD * 10 + b"end"}


@pytest.mark.parametrize("at", [3, 6, 7], ids=["before both", "behind both", "at the end"])
def test_an_acknowledgment_elsewhere_settles_nothing(at):
    assert acknowledged(at).disputed


def test_nor_does_one_in_a_capture_whose_clock_steps_back():
    assert acknowledged(5, back=True).disputed


def test_a_wrong_checksum_settles_it():
    sent = [*HANDSHAKE, segment((10, 20), OLD), segment((10, 20), NEW), c(0, b"-" * 10, 0)]
    for bad, kept in ((3, NEW), (4, OLD)):
        one = connect(rows_of(frames(sent, edits={bad: wrong_checksum})), ENDS, MAIL)
        (conflict,) = one.client_stream.conflicts
        assert conflict.settled == "checksum"
        assert {one.under(policy).client_stream.octets for policy in POLICIES} == {b"-" * 10 + kept * 10}


@pytest.mark.parametrize("first", ["old", "new"])
def test_a_copy_that_does_not_stay_is_no_evidence(first):
    """Somebody who puts in a copy with an old acknowledgment does not make the client an early talker."""
    stale, true = c(0, b"RSET\r\n", 0), c(0, b"QUIT\r\n", 8)
    copies = [stale, true] if first == "old" else [true, stale]
    one = connected([*HANDSHAKE, s(0, b"220 mx\r\n", 0), *copies])
    assert one.client_stream.sent(0).acknowledged == (0 if first == "old" else 8)
    assert one.under("last").client_stream.sent(0).acknowledged == (8 if first == "old" else 0)
    assert one.disputed
