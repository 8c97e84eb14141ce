from hypothesis import given
from hypothesis import strategies as st

from desync.tcp.assembler import Assembler, Overlap

pieces = st.lists(st.tuples(st.integers(0, 40), st.integers(0, 12)), max_size=12)


def holders(assembler):
    """Who holds each octet."""
    ranges = zip(assembler.starts, assembler.ends, assembler.holders, strict=True)
    return {offset: holder for start, end, holder in ranges for offset in range(start, end)}


def ranges_of(offsets):
    """Half-open ranges that cover exactly these offsets."""
    found = []
    for offset in sorted(offsets):
        if found and found[-1][1] == offset:
            found[-1] = (found[-1][0], offset + 1)
        else:
            found.append((offset, offset + 1))
    return found


def check_order(assembler):
    edges = [edge for pair in zip(assembler.starts, assembler.ends, strict=True) for edge in pair]
    assert edges == sorted(edges)
    assert all(start < end for start, end in zip(assembler.starts, assembler.ends, strict=True))


def filled(inserted):
    assembler = Assembler()
    for piece, (start, length) in enumerate(inserted):
        assembler.insert(start, start + length, piece)
    return assembler


def test_pieces_in_order_overlap_nothing():
    assembler = Assembler()
    assert assembler.insert(0, 5, 0) == []
    assert assembler.insert(5, 9, 1) == []
    assert (assembler.starts, assembler.ends, assembler.holders) == ([0, 5], [5, 9], [0, 1])


def test_a_piece_gets_only_what_nobody_holds():
    assembler = Assembler()
    assembler.insert(2, 4, 0)
    assembler.insert(6, 8, 1)
    assert assembler.insert(0, 10, 2) == [Overlap(2, 4, 0), Overlap(6, 8, 1)]
    assert holders(assembler) == {0: 2, 1: 2, 2: 0, 3: 0, 4: 2, 5: 2, 6: 1, 7: 1, 8: 2, 9: 2}


def test_holes_lie_within_what_is_asked_for():
    assembler = Assembler()
    assembler.insert(3, 5, 0)
    assert assembler.holes(0, 9) == [(0, 3), (5, 9)]
    assert assembler.holes(4, 5) == []
    assert assembler.holes(5, 5) == []
    assert Assembler().holes(0, 2) == [(0, 2)]


def test_replace_takes_the_middle_of_a_piece():
    assembler = Assembler()
    assembler.insert(0, 9, 0)
    assembler.replace(3, 5, 1)
    assert (assembler.starts, assembler.ends, assembler.holders) == ([0, 3, 5], [3, 5, 9], [0, 1, 0])


@given(pieces)
def test_first_copy_wins(inserted):
    assembler, model = Assembler(), {}
    for piece, (start, length) in enumerate(inserted):
        held = {offset: model[offset] for offset in range(start, start + length) if offset in model}
        overlaps = assembler.insert(start, start + length, piece)
        told = {offset: one.holder for one in overlaps for offset in range(one.start, one.end)}
        assert told == held
        assert [one.start for one in overlaps] == sorted(one.start for one in overlaps)
        for offset in range(start, start + length):
            model.setdefault(offset, piece)
        assert holders(assembler) == model
        check_order(assembler)


@given(pieces, st.integers(0, 50), st.integers(0, 20))
def test_holes_are_what_nobody_holds(inserted, start, length):
    assembler = filled(inserted)
    wanted = [offset for offset in range(start, start + length) if offset not in holders(assembler)]
    assert assembler.holes(start, start + length) == ranges_of(wanted)
    assert assembler.holds(start) == (start in holders(assembler))


@given(pieces, st.data())
def test_replace_gives_held_octets_to_another(inserted, data):
    assembler = filled(inserted)
    model = holders(assembler)
    if not model:
        return
    low, high = data.draw(st.sampled_from(ranges_of(model)))
    start = data.draw(st.integers(low, high - 1))
    end = data.draw(st.integers(start + 1, high))
    assembler.replace(start, end, 99)
    assert holders(assembler) == model | dict.fromkeys(range(start, end), 99)
    check_order(assembler)
