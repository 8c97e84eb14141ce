from archive.points.meeting import FAR, NEAR, TALK, laid, looked, what

NEARER = NEAR + TALK
FARTHER = FAR + TALK


def test_the_same_at_both_points(tmp_path):
    one = laid(tmp_path, NEARER, FARTHER)
    assert what(one) == []
    assert one.overlay.client.compared == one.overlay.near.whole.client_stream.length > 0
    assert (one.overlay.offset.ahead, one.overlay.offset.way) == (988_000_000, 12_000_000)
    assert one.overlay.client.delay.most == 12_000_000


def test_the_capture_nearer_the_client_is_known_by_its_handshakes(tmp_path):
    assert looked(tmp_path, NEARER, FARTHER).nearer == "a"
    assert looked(tmp_path, FARTHER, NEARER).nearer == "b"
    assert looked(tmp_path, NEARER, NEARER).nearer is None


class TestOctets:
    def test_text_written_over(self, tmp_path):
        one = laid(tmp_path, NEARER.replace("mx.example.org ESMTP", "*" * 20), FARTHER)
        assert what(one) == [("changed", "server", "proved")]
        assert one.deeds[0].near_octets == one.deeds[0].far_octets == (4, 24)
        (check,) = one.checks
        assert (check.code, check.near, check.far, check.result) == ("PATH601", True, False, "between")

    def test_a_line_taken_out_by_a_box_that_keeps_the_connection(self, tmp_path):
        far = FARTHER.replace("S: 250 mx.example.org\n", "S: 250-mx.example.org\n+ 250 DSN\n")
        near = NEARER.replace("S: 250 mx.example.org\n", "S: 250-mx.example.org\n")
        one = laid(tmp_path, near, far)
        assert ("missing", "server", "proved") in what(one)
        # What comes behind is at another offset, and the same segment all the same.
        assert "lost" not in [deed.what for deed in one.deeds]
        assert "made" not in [deed.what for deed in one.deeds]

    def test_a_capture_that_ended_proves_nothing(self, tmp_path):
        near = NEAR.replace("rtt:", "acks: none\nrtt:") + TALK.partition("C: QUIT")[0]
        assert what(laid(tmp_path, near, FARTHER)) == []
        far = FAR.replace("rtt:", "acks: none\nrtt:") + TALK.partition("C: QUIT")[0]
        assert what(laid(tmp_path, NEARER, far)) == []

    def test_a_hole_in_a_capture_is_no_loss(self, tmp_path):
        far = FARTHER.replace("C: MAIL", "C[lost]: MAIL")
        one = laid(tmp_path, NEARER, far)
        assert what(one) == []
        assert one.overlay.client.unknown > 0


class TestSegments:
    def test_lost_and_sent_again(self, tmp_path):
        near = NEARER.replace(
            "C: MAIL FROM:<anna@example.net>", "C[dropped]: MAIL FROM:<anna@example.net>\nC[again +1s]:"
        )
        far = FARTHER.replace("C: MAIL", "C[+1s]: MAIL")
        (deed,) = laid(tmp_path, near, far).deeds
        assert (deed.what, deed.sender, deed.certainty, deed.again) == ("lost", "client", "proved", True)

    def test_not_recorded_but_acknowledged_before_it_was_sent_again(self, tmp_path):
        again = "C: MAIL FROM:<anna@example.net>\nC[again +1s]:"
        near = NEARER.replace("C: MAIL FROM:<anna@example.net>", again)
        far = FARTHER.replace("C: MAIL FROM:<anna@example.net>", again.replace("C: M", "C[lost]: M"))
        assert "lost" not in [deed.what for deed in laid(tmp_path, near, far).deeds]

    def test_a_reset_that_nobody_sent(self, tmp_path):
        near = NEAR + TALK.partition("S: 221")[0] + "reset server [ttl 250]\nclock +1s\nack client"
        far = FARTHER.replace("S: 221", "S[+2s]: 221")
        deed = laid(tmp_path, near, far).deeds[0]
        assert (deed.what, deed.sender, deed.certainty, deed.hops) == ("made", "server", "proved", (250, 64))

    def test_cut_anew(self, tmp_path):
        near = NEARER.replace("S: 250 2.1.0 Sender ok", "S[pieces 10]: 250 2.1.0 Sender ok")
        one = laid(tmp_path, near, FARTHER)
        assert [deed.what for deed in one.deeds] == ["cut"]
        split = [check for check in one.checks if check.code == "REPLY301"]
        assert [(check.near, check.far, check.result) for check in split] == [(True, False, "cut")]

    def test_acknowledged_by_a_box(self, tmp_path):
        lie = "C: QUIT\nack server [unprompted ack=3]"
        near = NEARER.replace("C: QUIT", lie)
        found = laid(tmp_path, near, FARTHER).deeds
        assert [(deed.what, deed.sender) for deed in found] == [("acknowledged", "server")]

    def test_acknowledged_more_than_the_server_ever_had(self, tmp_path):
        ending = "C: NOOP\nack server [unprompted +1ms]\ngap 100ms\nack client"
        near = NEAR + TALK.partition("C: QUIT")[0] + ending
        far = FAR + TALK.partition("C: QUIT")[0] + "S[unprompted +1s]: 421 gone"
        deeds = [deed for deed in laid(tmp_path, near, far).deeds if deed.what == "acknowledged"]
        assert [deed.certainty for deed in deeds] == ["proved"]
        assert deeds[0].acknowledged[0] > deeds[0].acknowledged[1]


class TestMatching:
    def test_by_numbers_behind_other_addresses(self, tmp_path):
        found = looked(tmp_path, NEARER, FARTHER.replace("192.0.2.17:41022", "203.0.113.9:1099"))
        assert [(one.by, one.sure) for one in found.matches.found] == [("numbers", True)]

    def test_by_addresses_behind_other_numbers(self, tmp_path):
        far = FARTHER.replace("client 1000 server 5000", "client 777000 server 4000000000")
        found = looked(tmp_path, NEARER, far)
        assert [(one.by, one.sure) for one in found.matches.found] == [("addresses", True)]
        (one,) = found.laid()
        assert what(one) == []
        assert one.overlay.renumbered == (True, True)

    def test_by_what_was_said(self, tmp_path):
        far = FARTHER.replace("client 1000 server 5000", "client 777000 server 4000000000")
        far = far.replace("192.0.2.17:41022", "203.0.113.9:1099")
        for near in (NEARER, NEARER.replace("mx.example.org ESMTP", "*" * 20)):
            found = looked(tmp_path, near, far)
            assert [(one.by, one.sure) for one in found.matches.found] == [("octets", True)]

    def test_of_two_alike_the_nearer_in_time(self, tmp_path):
        far = FARTHER.replace("client 1000 server 5000", "client 777000 server 4000000000")
        far = far.replace("192.0.2.17:41022", "203.0.113.9:1099")
        later = "\n===\nclient: 203.0.113.9:1100\nstart: +30s\nisn: client 5 server 6\n---\nhandshake" + TALK
        found = looked(tmp_path, NEARER, far + later)
        (one,) = found.matches.found
        assert (one.b.brief.client.port, one.sure) == (1099, True)
        assert [each.brief.client.port for each in found.matches.only_b] == [1100]
        found = looked(tmp_path, NEARER, far + later.replace("+30s", "+1ms"))
        assert [each.sure for each in found.matches.found] == [False]

    def test_others_are_others(self, tmp_path):
        far = FARTHER.replace("client 1000 server 5000", "client 777000 server 4000000000")
        far = (
            far.replace("192.0.2.17:41022", "203.0.113.9:1099")
            .replace("gw.", "other.")
            .replace("mx.", "mail.")
        )
        found = looked(tmp_path, NEARER, far.replace("anna", "bertha"))
        assert (found.matches.found, len(found.matches.only_a), len(found.matches.only_b)) == ([], 1, 1)


def test_begun_in_mid_stream(tmp_path):
    far = FAR.replace("handshake\n", "capture nothing\nhandshake\n") + TALK.replace(
        "C: MAIL", "capture both\nC: MAIL"
    )
    found = looked(tmp_path, NEARER, far)
    assert [one.by for one in found.matches.found] == ["addresses"]
    (one,) = found.laid()
    assert what(one) == []
    assert one.overlay.client.compared > 0


def test_options_and_hops(tmp_path):
    one = laid(tmp_path, NEARER, FARTHER.replace("rtt:", "mss: 1380\nrtt:"))
    assert [(each.packet, each.name, each.near, each.far) for each in one.overlay.altered] == [
        ("SYN", "MSS", "1460", "1380"),
        ("SYN-ACK", "MSS", "1460", "1380"),
    ]


def test_a_late_reset_of_an_earlier_connection_on_the_same_ports(tmp_path):
    # Far it may have been taken for the next connection's, whose SYN came before it.
    second = "\n===\nstart: +5s\nisn: client 900000000 server 800000000\n---\nhandshake" + TALK
    near = NEARER.replace("close", "close\ngap 4s\nreset client [unprompted]") + second
    one, other = looked(tmp_path, near, FARTHER + second).laid()
    assert [deed.what for deed in (*one.deeds, *other.deeds)] == []


class TestFindings:
    OFFER = "S: 250-mx.example.org\n+ 250-STARTTLS\n+ 250 SIZE"

    def found(self, tmp_path, near, far):
        return [(one.code, one.near, one.far, one.result) for one in laid(tmp_path, near, far).checks]

    def test_an_offer_of_tls_written_over_on_the_way(self, tmp_path):
        near, far = (text.replace("S: 250 mx.example.org", self.OFFER) for text in (NEARER, FARTHER))
        masked = near.replace("STARTTLS", "XXXXXXXA")
        assert self.found(tmp_path, masked, far) == [("TLS503", True, False, "between")]
        assert self.found(tmp_path, masked, far.replace("STARTTLS", "XXXXXXXA")) == [
            ("TLS503", True, True, "both")
        ]

    def test_a_banner_that_left_the_server_masked(self, tmp_path):
        near, far = (text.replace("mx.example.org ESMTP", "*" * 20) for text in (NEARER, FARTHER))
        assert self.found(tmp_path, near, far) == [("PATH601", True, True, "both")]

    def test_early_talk_at_both_points(self, tmp_path):
        early = "C: EHLO gw.example.net\nC[unprompted]: NOOP\nS: 250 mx.example.org\nS: 250 noop"
        once = "C: EHLO gw.example.net\nS: 250 mx.example.org"
        near, far = (text.replace(once, early) for text in (NEARER, FARTHER))
        assert ("SYNC104", True, True, "both") in self.found(tmp_path, near, far)

    def test_a_copy_that_was_lost_shows_more(self, tmp_path):
        split = "S: 220 mx.example.org \\\nC: EHLO gw.example.net\nS[unprompted +10ms]: ESMTP"
        near = NEARER.replace("S: 220 mx.example.org ESMTP\nC: EHLO gw.example.net", split)
        near = near.replace("C: EHLO", "C[dropped]: EHLO").replace("ESMTP", "ESMTP\nC[again +1s]:")
        far = FARTHER.replace("C: EHLO", "C[+1s]: EHLO")
        found = {code: result for code, _, _, result in self.found(tmp_path, near, far)}
        assert found["SYNC102"] == "copy-lost"
