"""What the server offered, and from when on the client could know."""

from judged import said

from desync.exchanges.offers import offers, pipelining_offered

EHLO = (
    "S: 220 mx\nC: EHLO gw\nS: 250-mx.example.org\n+ 250-PIPELINING\n+ 250-size 1000\n"
    "+ 250 AUTH PLAIN LOGIN\n"
)


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


def test_starttls_starts_the_list_anew_once_it_is_let():
    """RFC 3207, section 4.2: the client forgets it, whether TLS comes or not."""
    assert [one.keywords for one in known(EHLO + "C: STARTTLS\nS: 220 go\nC: NOOP\nS: 250 ok")][1:] == [()]
    assert len(known(EHLO + "C: STARTTLS\nS: 454 not now")) == 1


def test_a_hole_may_hide_keywords():
    text = (
        "S: 220 mx\nC: EHLO gw\nS: 250-mx\nS[lost unprompted]: 250-PIPELINING\n"
        "S[unprompted]: 250 SIZE\nC: QUIT\nS: 221 bye"
    )
    assert not any(one.whole for one in known(text))


class TestPipelining:
    @staticmethod
    def offered(text, sent_at, acknowledged, **keys):
        one = said(text, **keys)
        found = offers(one.pairing.pairs)
        return pipelining_offered(
            found, sent_at, acknowledged, one.connection.client_stream, one.connection.server_stream
        )

    def test_it_counts_when_the_reply_is_acknowledged_whole(self):
        end = known(EHLO)[0].end
        assert self.offered(EHLO, 9, end) is True
        assert self.offered(EHLO, 9, end - 1) is False

    def test_before_any_offer_only_the_start_of_the_capture_tells(self):
        assert self.offered("S: 220 mx\nC: NOOP", 0, 8) is False
        assert self.offered("S[unprompted]: 250 ok\nC: NOOP", 0, 8, handshake=False) is None

    def test_a_hole_may_hide_an_offer(self):
        text = "S: 220 mx\nC[lost]: EHLO gw\nS[lost]: 250-mx\n+ 250 PIPELINING\nC: NOOP\nS: 250 ok"
        assert self.offered(text, 9, 32) is None

    def test_an_offer_does_not_reach_back(self):
        (one,) = known(EHLO)
        assert self.offered(EHLO, one.start - 1, one.end) is False

    def test_the_last_offer_received_counts(self):
        text = EHLO + "C: EHLO gw\nS: 250 mx"
        _, last = known(text)
        assert self.offered(text, last.start, last.end) is False
        assert self.offered(text, last.start, last.end - 1) is True

    def test_keywords_are_not_case_sensitive(self):
        text = "S: 220 mx\nC: EHLO gw\nS: 250-mx\n+ 250 Pipelining"
        (one,) = known(text)
        assert self.offered(text, one.start, one.end) is True
