import pytest
from build import cut
from hypothesis import given
from hypothesis import strategies as st
from tcp.handmade import (
    CLIENT,
    DIALOGUE,
    HANDSHAKE,
    SERVER,
    c,
    connected,
    data,
    s,
    shuffled,
    told,
    whole,
)

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
