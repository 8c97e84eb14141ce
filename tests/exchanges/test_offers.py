"""What the server offered, and from when on the client could know."""

from judged import said

from desync.exchanges.offers import offers, pipelining_offered

EHLO = "S: 220 mx\nC: EHLO gw\nS: 250-mx.example.org\n+ 250-PIPELINING\n+ 250-size 1000\n+ 250 AUTH PLAIN LOGIN\n"


def known(text, **keys):
    return offers(said(text, **keys).pairing.pairs)


def test_the_first_line_is_a_name_and_the_others_keywords():
    (one,) = known(EHLO)
    assert one.keywords == ("PIPELINING", "SIZE", "AUTH")
    assert one.whole
    assert (one.start, one.end) == (9, 8 + 20 + 16 + 15 + 22)


def test_a_refused_hello_offers_nothing():
    assert known("S: 220 mx\nC: EHLO gw\nS: 502-no\n+ 502 PIPELINING") == []


def test_helo_withdraws_what_was_offered():
    assert [one.keywords for one in known(EHLO + "C: HELO gw\nS: 250 mx")][1] == ()


def test_xclient_starts_the_list_anew():
    """Postfix XCLIENT_README: the session begins again."""
    assert [one.keywords for one in known(EHLO + "C: XCLIENT NAME=x\nS: 220 mx")][1] == ()


def test_a_hole_may_hide_keywords():
    text = "S: 220 mx\nC: EHLO gw\nS: 250-mx\nS[lost unprompted]: 250-PIPELINING\nS[unprompted]: 250 SIZE\nC: QUIT\nS: 221 bye"
    assert not any(one.whole for one in known(text))


class TestPipelining:
    def test_it_counts_when_the_reply_is_acknowledged_whole(self):
        found = known(EHLO)
        end = found[0].end
        assert pipelining_offered(found, 9, end, from_start=True) is True
        assert pipelining_offered(found, 9, end - 1, from_start=True) is False

    def test_before_any_offer_only_the_start_of_the_capture_tells(self):
        assert pipelining_offered([], 0, 10, from_start=True) is False
        assert pipelining_offered([], 0, 10, from_start=False) is None

    def test_an_offer_does_not_reach_back(self):
        found = known(EHLO)
        assert pipelining_offered(found, found[0].start - 1, found[0].end, from_start=True) is False

    def test_the_last_offer_received_counts(self):
        found = known(EHLO + "C: EHLO gw\nS: 250 mx")
        assert pipelining_offered(found, found[1].start, found[1].end, from_start=True) is False
        assert pipelining_offered(found, found[1].start, found[1].end - 1, from_start=True) is True

    def test_keywords_are_not_case_sensitive(self):
        found = known("S: 220 mx\nC: EHLO gw\nS: 250-mx\n+ 250 Pipelining")
        assert pipelining_offered(found, found[0].start, found[0].end, from_start=True) is True
