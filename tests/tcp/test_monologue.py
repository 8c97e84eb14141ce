"""What is passed over in the midst of a monologue, and what never is."""

import numpy as np
import pytest

from desync.tcp import monologue
from desync.tcp.monologue import Course, passed_over

SIZE = 100
LINE = b"x" * 98 + b"\r\n"
NAMES = ("side", "sequence", "flags", "length", "captured", "gone")


@pytest.fixture(autouse=True)
def _small(monkeypatch):
    monkeypatch.setattr(monologue, "EDGE", 1000)
    monkeypatch.setattr(monologue, "LONGEST_LINE", 200)


def course(pieces, sides=None):
    sizes = np.array([len(piece) for piece in pieces])
    count = len(pieces)
    return Course(
        np.zeros(count, np.uint8) if sides is None else np.array(sides, dtype=np.uint8),
        (np.cumsum(sizes) - sizes + 2**32 - 700) % 2**32,
        np.full(count, 0x10),
        sizes,
        sizes,
        np.zeros(count, np.bool_),
    )


def passed(pieces, columns=None):
    found = passed_over(columns or course(pieces), lambda rows: b"".join(pieces[row] for row in rows))
    return np.flatnonzero(found).tolist()


def test_both_ends_and_the_largest_segment_stay():
    pieces = [LINE] * 60
    assert passed(pieces) == [*range(10, 50)]
    pieces[30] = b"x" + LINE
    assert passed(pieces) == [*range(10, 30), *range(31, 50)]


def test_what_the_other_side_says_parts_monologues():
    sides = [0] * 60
    sides[30] = 1
    columns = course([LINE] * 60, sides)._replace(sequence=np.arange(60) * SIZE)
    columns.sequence[31:] -= SIZE
    assert passed([LINE] * 60, columns) == [*range(10, 20), *range(41, 50)]


@pytest.mark.parametrize(
    ("text", "stay"),
    [
        (b"\r\n.\r\n", {29, 30}),
        (b"\n.\n", {29, 30}),
        (b"\r.\r", {29, 30}),
        (b"\r\nRCPT TO:<a@b>\r\n", {29, 30}),
        (b"\r\nquit\r\n", {29, 30}),
        (b"xbDaT 100\r\n", {29, 30}),
        (b"\r\n..\r\n", set()),
        (b"\r\nMIME: RCPT TO\r\n", set()),
    ],
)
def test_an_end_of_data_or_a_command_stays_wherever_segments_cut_it(text, stay):
    for at in range(1, len(text)):
        pieces = [LINE] * 60
        pieces[29], pieces[30] = b"x" * (SIZE - at) + text[:at], text[at:] + b"x" * (SIZE - len(text) + at)
        kept = set(range(10, 50)) - set(passed(pieces))
        assert kept >= stay, at
        assert kept <= {29, 30, 31}, at


def test_the_row_behind_a_command_stays_for_what_it_begins():
    pieces = [LINE] * 60
    pieces[29] = b"x" * 92 + b"\nDATA\r\n"
    assert set(range(10, 50)) - set(passed(pieces)) == {29, 30}


def test_what_is_out_of_order_cut_or_marked_stays_with_its_neighbours():
    columns = course([LINE] * 60)
    columns.sequence[20] = columns.sequence[5]
    columns.flags[30] |= 0x01
    columns = columns._replace(captured=np.where(np.arange(60) == 40, 10, columns.captured))
    pieces = [LINE if row != 40 else LINE[:10] for row in range(60)]
    assert set(range(10, 50)) - set(passed(pieces, columns)) == {19, 20, 21, 30, 40}


@pytest.mark.parametrize("window", [700, 1000, 2500, 1 << 20])
def test_windows_change_nothing(monkeypatch, window):
    monkeypatch.setattr(monologue, "OVERLAP", 400)
    pieces = [LINE] * 200
    for row in range(15, 180, 7):
        pieces[row] = b"x" * 80 + b"\r\nRCPT TO:<a@b>y\r\n"
    whole = passed(pieces)
    monkeypatch.setattr(monologue, "WINDOW", window)
    assert passed(pieces) == whole


@pytest.mark.parametrize("at", [37, 80, 111])
def test_parts_pass_over_nothing_that_the_whole_keeps_and_the_whole_then_decides_the_same(at):
    pieces = [LINE] * 200
    for row in range(15, 180, 9):
        pieces[row] = b"x" * 80 + b"\r\nRCPT TO:<a@b>y\r\n"
    columns = course(pieces)
    whole = passed(pieces)
    parts = []
    for part in (slice(0, at), slice(at, 200)):
        own = Course(*(column[part] for column in columns))
        parts += [row + part.start for row in passed(pieces[part], own)]
    assert set(parts) <= set(whole)
    columns.gone[parts] = True
    left = [b"" if columns.gone[row] else piece for row, piece in enumerate(pieces)]
    assert passed(left, columns) == whole
