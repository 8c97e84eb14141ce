"""How a reply came to leave in several segments, and what would have kept it together."""

from build import segments_capture
from judged import heard, played, said

from desync.findings.splits import cut_after, line_splits, splits
from desync.units import MILLISECOND


def greeting_cuts(conversation):
    return splits(conversation, conversation.greeting)


def greeted(*pieces, **keys):
    """A connection whose greeting left in these pieces, 10 ms apart; each piece but the last without CRLF."""
    first, *others = [f"{piece}\\" for piece in pieces[:-1]] + [pieces[-1]]
    return said(
        f"S: {first}\n" + "".join(f"S[unprompted +10ms]: {piece}\n" for piece in others) + "C: QUIT\n", **keys
    )


class TestSplits:
    def test_a_reply_in_one_segment_has_none(self):
        assert greeting_cuts(said("S: 220 mx\nC: QUIT")) == []

    def test_a_cut_says_where_and_how_long(self):
        (cut,) = greeting_cuts(greeted("220 smtp.tele.fi", " rest"))
        assert (cut.offset, cut.before.end, cut.after.start) == (16, 16, 16)
        assert cut.gap == 10 * MILLISECOND
        assert cut.how == "writes"

    def test_several_cuts_in_stream_order(self):
        assert [cut.offset for cut in greeting_cuts(greeted("220", " m", "x"))] == [3, 5]

    def test_two_replies_in_two_segments_are_not_split(self):
        one = said("S: 220 mx\nC: RSET\n+ RSET\nS: 250 a\nS[unprompted]: 250 b")
        assert [splits(one, reply) for reply in one.replies] == [[], [], []]

    def test_a_reply_that_shares_a_segment_with_another_may_be_split(self):
        one = said("S: 220 mx\nC: RSET\n+ RSET\nS: 250 a\n+ 250\\\nS[unprompted]:  b")
        assert [len(splits(one, reply)) for reply in one.replies] == [0, 0, 1]

    def test_octets_that_were_not_captured_are_no_cut(self):
        one = said("S: 220-mx\nS[lost unprompted]: 220-and\nS[unprompted]: 220 more\nC: QUIT")
        assert all(cut.before.end == cut.after.start for cut in greeting_cuts(one))
        assert len(greeting_cuts(one)) == 0

    def test_no_gap_without_a_sound_clock(self):
        sent = [one._replace(time=0) for one in played("S: 220 m\\\nS[unprompted]: x\nC: QUIT")]
        (cut,) = greeting_cuts(heard(segments_capture(sent)))
        assert cut.gap is None


class TestHow:
    def test_at_the_segment_size(self):
        one = said(f"S: 220 {'x' * 1600}\nC: QUIT")
        assert [(cut.offset, cut.how) for cut in greeting_cuts(one)] == [(1460, "mss")]

    def test_with_room_for_options(self):
        one = greeted("220 " + "x" * 1444, "x" * 100)
        assert [(cut.offset, cut.how) for cut in greeting_cuts(one)] == [(1448, "mss")]

    def test_at_the_end_of_a_buffer(self):
        one = greeted("220 " + "x" * 1020, "x" * 100)
        assert [(cut.offset, cut.how) for cut in greeting_cuts(one)] == [(1024, "buffer")]

    def test_by_a_retransmission_that_was_cut_anew(self):
        sent = played("S: 220 mx.example.org\nC: QUIT\nS: 221 bye")
        (at,) = [number for number, one in enumerate(sent) if one.octets.startswith(b"220")]
        short = sent[at]._replace(octets=sent[at].octets[:8])
        later = [one._replace(time=one.time + 500 * MILLISECOND) for one in sent[at:]]
        one = heard(segments_capture([*sent[:at], short, *later]))
        assert [cut.how for cut in greeting_cuts(one)] == ["retransmission"]


class TestLines:
    def test_a_cut_between_lines_is_in_none(self):
        one = said("S: 220-mx\nS[unprompted]: 220 ready\nC: QUIT")
        cuts = greeting_cuts(one)
        assert len(cuts) == 1
        assert line_splits(one.greeting, cuts) == []

    def test_the_line_ending_belongs_to_its_line(self):
        one = greeted("220 mx", "")
        assert [cut.offset for cut in line_splits(one.greeting, greeting_cuts(one))] == [6]
        one = greeted("220 mx\\r", "\\n\\")
        assert [cut.offset for cut in line_splits(one.greeting, greeting_cuts(one))] == [7]

    def test_the_cut_at_which_a_client_stood(self):
        cuts = greeting_cuts(greeted("220", " m", "x"))
        assert cut_after(cuts, 5) is cuts[1]
        assert cut_after(cuts, 4) is None
