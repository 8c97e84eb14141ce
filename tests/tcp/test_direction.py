import pytest
from tcp.handmade import (
    CLIENT,
    DIALOGUE,
    ENDS,
    HANDSHAKE,
    MAIL,
    SERVER,
    c,
    connected,
    frames,
    rows_of,
    s,
    told,
    whole,
    wrong_checksum,
)

from desync.tcp.connection import connect
from desync.tcp.direction import MOST_CONFLICTS

EVIL = b"x"


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
    late = connected(
        [*DIALOGUE[:7], c(0, CLIENT[:5] + b"#" + CLIENT[6:9] + b"#" + CLIENT[10:30], 26), *DIALOGUE[7:]]
    )
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
    accepted = [
        *DIALOGUE[:8],
        c(48, b"R", 64),
        s(64, acknowledged=49, flags=""),
        c(49, CLIENT[49:73], 64),
        *DIALOGUE[9:],
    ]
    check_whole(connected(accepted))


def test_what_a_reset_carries_is_no_data():
    sent = [*DIALOGUE[:8], s(64, b"connection refused by policy", 48, flags="R")]
    connection = connected(sent)
    assert both(connection) == (whole(CLIENT[:48]), whole(SERVER[:64]))
    assert connection.assembly.reset


@pytest.mark.parametrize(
    "reset", [s(64, flags="R"), s(2_000_000, flags="R"), c(0, acknowledged=99_999, flags="R")]
)
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


def test_evidence_of_an_octet_sent_alone():
    greeting = [s(0, b"220 mx ", 0), s(7, b"ready\r\n", 0)]
    assert first_acknowledged(connected([*HANDSHAKE, *greeting, c(0, b"H", 14), c(0, b"H", 7)])) == [7]
