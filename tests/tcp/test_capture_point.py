import pytest
from tcp.handmade import HANDSHAKE, MS, START, c, rows, s

from desync.tcp.capture_point import CapturePoint, Handshake, capture_point, handshake
from desync.units import UNKNOWN_TIME

SYN, SYN_ACK, ACK = HANDSHAKE


def at(one, milliseconds):
    return one._replace(time=START + round(milliseconds * MS))


def shaken(*sent):
    return handshake(rows(sent), 0)


def test_both_halves_of_the_round_trip():
    told = shaken(at(SYN, 0), at(SYN_ACK, 40), at(ACK, 43))
    assert told == Handshake(40 * MS, 3 * MS, 1460, 1460)


def test_of_several_syns_the_last_before_the_answer_counts():
    told = shaken(at(SYN, 0), at(SYN, 1000), at(SYN_ACK, 1040), at(ACK, 1043))
    assert (told.to_server, told.to_client) == (40 * MS, 3 * MS)


def test_a_syn_behind_the_answer_does_not_count():
    told = shaken(at(SYN, 0), at(SYN_ACK, 40), at(SYN, 41), at(ACK, 43))
    assert (told.to_server, told.to_client) == (40 * MS, 3 * MS)


def test_the_first_command_may_carry_the_acknowledgment():
    told = shaken(at(SYN, 0), at(SYN_ACK, 40), at(c(0, b"EHLO me\r\n", 0), 43))
    assert told.to_client == 3 * MS


def test_the_servers_data_may_overtake_the_acknowledgment():
    told = shaken(at(SYN, 0), at(SYN_ACK, 40), at(ACK, 43), at(s(0, b"220 mx\r\n", 0), 44))
    assert told.to_client == 3 * MS


@pytest.mark.parametrize(
    ("sent", "wanted"),
    [
        ([at(SYN_ACK, 40), at(ACK, 43)], (None, 3 * MS)),
        ([at(SYN, 0), at(ACK, 43)], (None, None)),
        ([at(SYN, 0), at(SYN_ACK, 40)], (40 * MS, None)),
        ([at(SYN, 0), at(s(0, flags="R", acknowledged=0), 40)], (None, None)),
        ([at(ACK, 43)], (None, None)),
    ],
)
def test_what_was_not_captured_is_not_guessed(sent, wanted):
    told = shaken(*sent)
    assert (told.to_server, told.to_client) == wanted


def test_a_clock_that_steps_back_gives_no_round_trip():
    told = shaken(at(SYN, 50), at(SYN_ACK, 40), at(ACK, 43))
    assert (told.to_server, told.to_client) == (None, 3 * MS)


def test_unknown_times_give_no_round_trip():
    packed = rows([at(SYN, 0), at(SYN_ACK, 40), at(ACK, 43)])
    packed.time[0] = UNKNOWN_TIME
    told = handshake(packed, 0)
    assert (told.to_server, told.to_client) == (None, 3 * MS)


@pytest.mark.parametrize(
    ("to_client", "to_server", "point"),
    [(1, 40, "client"), (0, 40, "client"), (40, 1, "server"), (20, 20, "between"), (10, 30, "between")],
)
def test_where_the_capture_was_made(to_client, to_server, point):
    told = Handshake(to_server * MS, to_client * MS, None, None)
    assert capture_point(told, sound=True) == CapturePoint(point, to_client * MS, to_server * MS)


@pytest.mark.parametrize(
    ("told", "sound"),
    [
        (Handshake(40 * MS, None, None, None), True),
        (Handshake(None, 40 * MS, None, None), True),
        (Handshake(40 * MS, 1 * MS, None, None), False),
        (Handshake(0, 0, None, None), True),
    ],
)
def test_where_that_cannot_be_known(told, sound):
    assert capture_point(told, sound=sound).point == "unknown"
