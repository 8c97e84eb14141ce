import pytest
from build import cut
from hypothesis import given
from hypothesis import strategies as st
from tcp.handmade import (
    CLIENT,
    DIALOGUE,
    ENDS,
    HANDSHAKE,
    MAIL,
    SERVER,
    c,
    connected,
    data,
    frames,
    rows_of,
    s,
    shuffled,
    told,
    whole,
    wrong_checksum,
)

from desync.tcp.connection import connect
from desync.tcp.direction import MOST_CONFLICTS

EVIL = b"x"
MAIL_FROM, RCPT = DIALOGUE[6], DIALOGUE[8]


def both(connection):
    return told(connection.client_stream), told(connection.server_stream)


def check_whole(connection):
    assert both(connection) == (whole(CLIENT), whole(SERVER))
    assert not connection.client_stream.conflicts
    assert not connection.server_stream.conflicts


def kinds(connection):
    return {row + 1: kind for row, kind in enumerate(connection.assembly.kinds) if kind}


def first_acknowledged(connection):
    """What the first transmission of each client octet acknowledges."""
    stream = connection.client_stream
    return [stream.sent(offset).acknowledged for offset in range(stream.length)]


PLAIN = connected(DIALOGUE)


def test_offsets_count_from_the_octet_after_the_syn():
    assembly = PLAIN.assembly
    assert assembly.offsets == [one.offset for one in DIALOGUE]
    assert assembly.acknowledged == [one.acknowledged for one in DIALOGUE]
    assert not kinds(PLAIN)
    assert assembly.finished == (True, True)
    assert (assembly.reset, assembly.largest) == (False, (27, 30))


def test_first_transmissions_carry_frame_time_and_acknowledgment():
    for index in data(DIALOGUE, "client"):
        sent, one = PLAIN.client_stream.sent(DIALOGUE[index].offset), DIALOGUE[index]
        wanted = (one.offset, one.offset + len(one.octets), one.acknowledged, index + 1, one.time, index)
        assert (sent.start, sent.end, sent.acknowledged, sent.frame, sent.time, sent.row) == wanted


@given(st.integers(0, 2**32 - 1), st.integers(0, 2**32 - 1))
def test_no_initial_sequence_number_changes_a_stream(client, server):
    shifted = connected(DIALOGUE, isn=(client, server))
    check_whole(shifted)
    assert shifted.assembly.offsets == PLAIN.assembly.offsets
    assert shifted.assembly.acknowledged == PLAIN.assembly.acknowledged
    assert (shifted.client_start.initial, shifted.server_start.initial) == (client, server)


@given(st.integers(0, len(DIALOGUE) - 1), st.integers(0, 160), st.integers(0, 160))
def test_wrap_in_a_capture_that_begins_mid_stream(first, client, server):
    # The numbers wrap somewhere in the dialogue.
    isn = (2**32 - 1 - client, 2**32 - 1 - server)
    assert both(connected(DIALOGUE[first:], isn=isn)) == both(connected(DIALOGUE[first:], isn=(99, 99)))


@given(st.lists(st.integers(1, 30), max_size=4), st.randoms(use_true_random=False))
def test_cuts_copies_and_order_change_no_octet(positions, dice):
    # The handshake stays in front: without it nobody knows which SYN counts.
    parts = [part for one in DIALOGUE[3:] for part in (cut(one, *positions) if one.octets else [one])]
    again = [one for one in parts if dice.random() < 0.3]
    mixed = [*parts, *again]
    dice.shuffle(mixed)
    check_whole(connected([*DIALOGUE[:3], *mixed]))


def test_octet_by_octet():
    parts = [part for one in DIALOGUE for part in (cut(one, *range(30)) if one.octets else [one])]
    check_whole(connected(parts))
    assert not kinds(connected(parts))


def test_every_segment_sent_again():
    again = [one for one in DIALOGUE for _ in range(2 if one.octets else 1)]
    connection = connected(again)
    check_whole(connection)
    assert connection.assembly.retransmitted == len([one for one in DIALOGUE if one.octets])
    assert (connection.assembly.duplicated, connection.assembly.reordered) == (0, 0)


def test_every_frame_recorded_twice_is_no_retransmission():
    doubled = [one for one in DIALOGUE for _ in (0, 1)]
    connection = connected(doubled, ids=[index // 2 for index in range(len(doubled))])
    check_whole(connection)
    assert connection.assembly.duplicated == len(DIALOGUE)
    assert connection.assembly.retransmitted == 0


def test_a_retransmission_of_two_segments_in_one():
    one = c(79, CLIENT[79:117], 86)
    connection = connected([*DIALOGUE[:14], one, *DIALOGUE[14:]])
    check_whole(connection)
    assert kinds(connection) == {15: "retransmission"}


def test_a_retransmission_at_other_boundaries():
    check_whole(connected([*DIALOGUE[:14], c(100, CLIENT[100:130], 86), *DIALOGUE[14:]]))


def test_out_of_order():
    connection = connected([*DIALOGUE[:12], DIALOGUE[13], DIALOGUE[14], DIALOGUE[12], *DIALOGUE[15:]])
    check_whole(connection)
    assert kinds(connection) == {15: "out of order"}


def test_a_segment_that_turns_up_behind_its_acknowledgment_is_no_hole():
    check_whole(connected([*DIALOGUE[:6], *DIALOGUE[7:12], DIALOGUE[6], *DIALOGUE[12:]]))


def test_file_order_says_nothing():
    check_whole(connected([*DIALOGUE[:3], *shuffled(DIALOGUE[3:])]))
    check_whole(connected(DIALOGUE[::-1]))


def test_the_first_copy_in_the_file_wins():
    evil = c(50, EVIL * 10, 64)
    late = connected([*DIALOGUE[:9], evil, *DIALOGUE[9:]])
    assert both(late) == (whole(CLIENT), whole(SERVER))
    early = connected([*DIALOGUE[:8], evil, *DIALOGUE[8:]])
    assert both(early) == (whole(CLIENT[:50] + EVIL * 10 + CLIENT[60:]), whole(SERVER))
    (conflict,) = early.client_stream.conflicts
    assert (conflict.start, conflict.end) == (50, 60)
    assert (conflict.kept.frame, conflict.dropped.frame) == (9, 10)


def test_an_overlap_conflicts_only_where_it_differs():
    late = connected([*DIALOGUE[:7], c(0, CLIENT[:5] + b"#" + CLIENT[6:9] + b"#" + CLIENT[10:30], 26), *DIALOGUE[7:]])
    (conflict,) = late.client_stream.conflicts
    assert (conflict.start, conflict.end) == (5, 10)
    assert (conflict.kept.frame, conflict.dropped.frame) == (5, 8)
    assert both(late) == (whole(CLIENT), whole(SERVER))


def test_an_overlap_that_reaches_ahead_gets_the_octets_nobody_held():
    connection = connected([*DIALOGUE[:7], c(40, EVIL * 20, 56), *DIALOGUE[7:]])
    wanted = CLIENT[:48] + EVIL * 12 + CLIENT[60:]
    assert both(connection) == (whole(wanted), whole(SERVER))
    assert [(one.start, one.end) for one in connection.client_stream.conflicts] == [(40, 48), (48, 60)]


def test_a_copy_with_a_wrong_checksum_loses_what_differs():
    sent = [*DIALOGUE[:8], c(48, EVIL * 25, 64), *DIALOGUE[8:]]
    connection = connect(rows_of(frames(sent, edits={8: wrong_checksum})), ENDS, MAIL)
    assert both(connection) == (whole(CLIENT), whole(SERVER))
    (conflict,) = connection.client_stream.conflicts
    assert (conflict.kept.frame, conflict.dropped.frame) == (10, 9)


def test_wrong_checksums_alone_drop_nothing():
    edits = dict.fromkeys(range(len(DIALOGUE)), wrong_checksum)
    check_whole(connect(rows_of(frames(DIALOGUE, edits=edits)), ENDS, MAIL))


def test_conflicts_are_bounded():
    evil = [c(0, bytes([number % 256]) * 5, 26) for number in range(3 * MOST_CONFLICTS)]
    connection = connected([*DIALOGUE[:7], *evil, *DIALOGUE[7:]])
    assert len(connection.client_stream.conflicts) == MOST_CONFLICTS
    assert both(connection) == (whole(CLIENT), whole(SERVER))


@pytest.mark.parametrize("octet", [b"", b"\0"])
def test_keep_alives_are_no_data(octet):
    probe = c(47, octet, 56, flags="")
    connection = connected([*DIALOGUE[:7], probe, probe, *DIALOGUE[7:]])
    check_whole(connection)
    assert kinds(connection) == ({8: "keep-alive", 9: "keep-alive"} if octet else {})


def test_zero_window_probe():
    rejected = [*DIALOGUE[:8], c(48, b"R", 64), s(64, acknowledged=48, flags=""), *DIALOGUE[8:]]
    check_whole(connected(rejected))
    accepted = [*DIALOGUE[:8], c(48, b"R", 64), s(64, acknowledged=49, flags=""), c(49, CLIENT[49:73], 64), *DIALOGUE[9:]]
    check_whole(connected(accepted))


def test_what_a_reset_carries_is_no_data():
    sent = [*DIALOGUE[:8], s(64, b"connection refused by policy", 48, flags="R")]
    connection = connected(sent)
    assert both(connection) == (whole(CLIENT[:48]), whole(SERVER[:64]))
    assert connection.assembly.reset


@pytest.mark.parametrize("reset", [s(64, flags="R"), s(2_000_000, flags="R"), c(0, acknowledged=99_999, flags="R")])
def test_a_reset_ends_no_stream(reset):
    check_whole(connected([*DIALOGUE[:8], reset, *DIALOGUE[8:]]))


def test_octets_behind_a_fin_are_not_delivered():
    sent = [*DIALOGUE[:-1], DIALOGUE[-2], c(151, b"EXTRA\r\n", 107), DIALOGUE[-1]]
    connection = connected(sent)
    check_whole(connection)
    assert kinds(connection) == {23: "behind the FIN"}


def test_a_fin_may_carry_the_last_octets():
    sent = [*DIALOGUE[:17], c(145, b"QUIT\r\n", 97, flags="PF"), *DIALOGUE[18:20]]
    connection = connected(sent)
    check_whole(connection)
    assert connection.closed_by == "fin"


def test_half_close():
    sent = [*DIALOGUE[:18], c(151, acknowledged=97, flags="F"), DIALOGUE[18]]
    connection = connected(sent)
    check_whole(connection)
    assert connection.closed_by == "half-closed"


def test_data_on_a_syn_counts_where_the_answer_acknowledges_it():
    refused = [c(0, b"EHLO x\r\n", flags="S"), *DIALOGUE[1:]]
    check_whole(connected(refused))
    taken = [c(0, CLIENT[:21], flags="S"), s(0, acknowledged=21, flags="S"), c(21, acknowledged=0, flags="")]
    check_whole(connected([*taken, DIALOGUE[3], *DIALOGUE[5:]]))


@pytest.mark.parametrize("early", ["first in the file", "last in the file"])
def test_evidence_is_the_copy_that_acknowledges_least(early):
    # HELO was sent on half a greeting; its retransmission acknowledges all of it.
    greeting = [s(0, b"220 mx ", 0), s(7, b"ready\r\n", 0)]
    copies = [c(0, b"HELO x\r\n", 7), c(0, b"HELO x\r\n", 14)]
    copies = copies if early == "first in the file" else copies[::-1]
    assert first_acknowledged(connected([*HANDSHAKE, *greeting, *copies])) == [7] * 8


@pytest.mark.xfail(strict=True, reason="a copy of the newest octet alone is taken for a keep-alive, whatever it acknowledges")
def test_evidence_of_an_octet_sent_alone():
    greeting = [s(0, b"220 mx ", 0), s(7, b"ready\r\n", 0)]
    assert first_acknowledged(connected([*HANDSHAKE, *greeting, c(0, b"H", 14), c(0, b"H", 7)])) == [7]
