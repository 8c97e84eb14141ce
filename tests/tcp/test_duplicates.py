import pytest
from tcp.handmade import DIALOGUE, HANDSHAKE, MS, START, c, frames, rows, rows_of

from desync.tcp.duplicates import duplicated_rows
from desync.units import UNKNOWN_TIME

QUIT = c(0, b"QUIT\r\n", 0)


def twice(later, *, ids=(7, 7), edit=bytes, between=()):
    """The rows of one segment recorded twice, ``later`` milliseconds apart."""
    sent = [QUIT._replace(time=START), *between, QUIT._replace(time=START + round(later * MS))]
    numbers = [ids[0], *range(100, 100 + len(between)), ids[1]]
    return rows_of(frames(sent, ids=numbers, edits={len(sent) - 1: edit}))


def routed(octets):
    """The frame behind a router: other link addresses, hop limit one less."""
    return b"\x02\0\0\0\0\x77" + octets[6:22] + bytes([octets[22] - 1]) + octets[23:]


def without_checksum(octets):
    return octets[:50] + b"\0\0" + octets[52:]


def with_window(octets):
    return octets[:48] + b"\x10\0" + octets[50:]


def test_no_copies():
    assert duplicated_rows(rows(DIALOGUE)) == []
    assert duplicated_rows(rows([])) == []


@pytest.mark.parametrize("edit", [bytes, routed, without_checksum])
def test_a_copy_has_the_same_identification_and_header(edit):
    assert duplicated_rows(twice(0.2, edit=edit)) == [1]


def test_every_frame_twice():
    doubled = [one for one in DIALOGUE for _ in (0, 1)]
    ids = [index // 2 + 1 for index in range(len(doubled))]
    assert duplicated_rows(rows(doubled, ids=ids)) == list(range(1, len(doubled), 2))


def test_another_identification_is_a_retransmission():
    assert duplicated_rows(twice(0.2, ids=(7, 8))) == []


def test_another_header_is_another_segment():
    assert duplicated_rows(twice(0.2, edit=with_window)) == []


@pytest.mark.parametrize(("later", "found"), [(100, [1]), (100.001, []), (200, []), (-5, [1])])
def test_copies_are_recorded_near_each_other(later, found):
    assert duplicated_rows(twice(later)) == found


def test_copies_at_unknown_times():
    packed = twice(500)
    packed.time[1] = UNKNOWN_TIME
    assert duplicated_rows(packed) == [1]


@pytest.mark.parametrize(("ids", "found"), [((7, 7), [1]), ((0, 0), [])])
def test_where_the_clock_stands_still_an_identification_must_tell(ids, found):
    assert duplicated_rows(twice(0, ids=ids)) == found


def test_copies_on_both_sides_of_a_file_border_are_copies():
    """Rows of several captures come together only where these are one set."""
    packed = twice(0.2)
    packed.capture[1] = 1
    assert duplicated_rows(packed) == [1]


def test_a_copy_of_a_retransmission():
    sent = [QUIT._replace(time=START + at * MS) for at in (0, 300, 301)]
    assert duplicated_rows(rows(sent, ids=[7, 8, 8])) == [2]


def test_a_pure_acknowledgment_repeated_is_not_called_a_copy_across_time():
    sent = [ACK._replace(time=START + at * MS) for at in (0, 150)]
    assert duplicated_rows(rows(sent, ids=[0, 0])) == []


ACK = HANDSHAKE[2]
