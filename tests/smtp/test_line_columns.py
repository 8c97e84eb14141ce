"""The lines of many streams at once are the lines of each."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from smtp.columned import cut_at, pieces_of
from smtp.spoken import stream

from desync.smtp import line_columns
from desync.smtp.line_columns import HEAD, bare_returns, heads_of, hold_nul, is_crlf, lines_of
from desync.smtp.lines import lines_between

said = st.lists(
    st.sampled_from([b"\r", b"\n", b"\r\n", b".", b"220 mx", b"\0", b"QUIT", b"x" * 30]), max_size=12
).map(b"".join)
streams = st.dictionaries(
    st.integers(0, 7), st.builds(cut_at, said, st.lists(st.integers(1, 60), max_size=6)), max_size=5
)
bounded = settings(max_examples=150, derandomize=True, deadline=None)


def one_by_one(told):
    """The ended lines of each stream as `smtp.lines` finds them."""
    return [
        (number, line)
        for number in sorted(told)
        for line in lines_between(stream(b"".join(told[number])), 0)
        if line.terminated
    ]


@pytest.fixture(params=[1 << 20, 0], ids=["the whole buffer searched", "the pieces copied"])
def few(request, monkeypatch):
    """Both ways of finding line feeds: multiplied by nothing all pieces are few, by much none is."""
    monkeypatch.setattr(line_columns, "APART", request.param)


@pytest.mark.usefixtures("few")
class TestLines:
    @bounded
    @given(streams)
    def test_they_are_those_of_the_line_reader(self, told):
        pieces, octets = pieces_of(told)
        lines = lines_of(pieces, octets)
        expected = one_by_one(told)
        found = zip(lines.stream.tolist(), lines.start.tolist(), lines.end.tolist(), strict=True)
        assert list(found) == [(number, line.start, line.end) for number, line in expected]
        assert is_crlf(lines, pieces, octets).tolist() == [line.ending == "crlf" for _, line in expected]
        assert (octets[lines.feed] == 0x0A).all()
        for row, (number, line) in enumerate(expected):
            sizes = np.cumsum([len(part) for part in told[number]])
            before = int(np.searchsorted(pieces.stream, number))
            assert lines.first[row] - before == np.searchsorted(sizes, line.start, side="right")
            assert lines.last[row] - before == np.searchsorted(sizes, line.end - 1, side="right")

    @bounded
    @given(streams)
    def test_heads_are_their_first_octets(self, told):
        pieces, octets = pieces_of(told)
        lines = lines_of(pieces, octets)
        heads = heads_of(lines, pieces, octets)
        for row, (number, line) in enumerate(one_by_one(told)):
            whole = b"".join(told[number])[line.start : line.end]
            assert octets[heads.place[row]] == whole[0]
            assert heads.crlf[row] == (line.ending == "crlf")
            if heads.together[row]:
                assert heads.octets[row].tobytes() == whole[:HEAD].ljust(HEAD, b"\0")
            else:
                assert lines.first[row] < lines.last[row]


@bounded
@given(streams, st.sampled_from([0, 1 << 20]), st.sampled_from([1, 7, 64, line_columns.BLOCK]))
def test_pieces_with_a_nul_or_a_bare_return_are_found(told, apart, block):
    pieces, octets = pieces_of(told)
    nul, bare = [], set()
    for _, segments in sorted(told.items()):
        for index, segment in enumerate(segments):
            following = segments[index + 1][:1] if index + 1 < len(segments) else b""
            if any(
                octet == 0x0D and after != 0x0A
                for octet, after in zip(segment, (segment + (following or b"."))[1:], strict=False)
            ):
                bare.add(len(nul))
            nul.append(b"\0" in segment)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(line_columns, "APART", apart)
        patch.setattr(line_columns, "BLOCK", block)
        assert hold_nul(pieces, octets).tolist() == nul
        assert set(bare_returns(pieces, octets).tolist()) == bare


def test_lines_are_taken_by_flags_or_by_numbers():
    lines = lines_of(*pieces_of({0: [b"a\nb\nc\n"]}))
    assert lines.take(np.array([True, False, True])).start.tolist() == [0, 4]
    assert lines.take(np.array([1])).end.tolist() == [4]


def test_nothing_said_is_no_line():
    pieces, octets = pieces_of({})
    lines = lines_of(pieces, octets)
    assert lines.stream.tolist() == []
    assert heads_of(lines, pieces, octets).place.tolist() == []
