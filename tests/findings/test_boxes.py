"""What a box on the path wrote over a dialogue: PATH601 and PATH602."""

import pytest
from build import cut, segments_capture
from judged import codes, found, heard, played, said

GREETED = "S: 220 mx\nC: EHLO gw\nS: 250-mx\n"


def kinds(conversation):
    """What PATH602 says was overwritten, or nothing."""
    if "PATH602" not in codes(conversation):
        return []
    return [place["kind"] for place in found(conversation, "PATH602").details["places"]]


class TestBanner:
    @pytest.mark.parametrize(
        "banner",
        [
            "220 ***************2002******0*00",
            "220 **************************************0******0*********20 ****200**0*********0*00",
            "220-*******\n+ 220 ***2***",
            "220 ***",
        ],
    )
    def test_nothing_but_asterisks_is_left(self, banner):
        one = found(said(f"S: {banner}\nC: QUIT\nS: 221 bye"), "PATH601")
        assert (one.severity, one.certainty, one.blame) == ("warning", "consistent", "path")
        assert one.details["asterisks"] == banner.count("*")

    @pytest.mark.parametrize(
        "banner",
        [
            "220 mx.example.org",
            "220 *** mx ***",
            "220",
            "220 2002",
            "220 ** 2 **",
            "220-********\n+ 220 mx",
            "554 ********",
            "220 ********* 2021",
        ],
    )
    def test_another_greeting_is_its_server_s_own(self, banner):
        assert "PATH601" not in codes(said(f"S: {banner}\nC: QUIT\nS: 221 bye"))

    def test_a_greeting_that_has_not_ended_may_go_on(self):
        assert "PATH601" not in codes(said("S: 220 **********\\\nC: QUIT"))

    def test_another_reply_may_hold_what_it_likes(self):
        assert "PATH601" not in codes(said("S: 220 mx\nC: HELP\nS: 214 ************\nC: QUIT\nS: 221 bye"))


class TestKeyword:
    @pytest.mark.parametrize("word", ["XXXX", "XXXA", "XXXXXXXXXXXXB", "XXXXXXXXX 1000"])
    def test_x_alone_or_with_a_counter_stands_for_another(self, word):
        one = found(said(f"{GREETED}+ 250 {word}\nC: QUIT\nS: 221 bye"), "PATH602")
        assert (one.certainty, one.blame, one.exchanges) == ("consistent", "path", (1, 1))
        (place,) = one.details["places"]
        assert (place["kind"], place["octets"]) == ("keyword", len(word.split()[0]))
        assert place["offset"] == len("220 mx\r\n250-mx\r\n250 ")

    @pytest.mark.parametrize("word", ["XXX", "XVERB", "X-EXPS", "XCLIENT", "XXXAB", "xxxx", "AXXXX", "XXX4"])
    def test_an_extension_that_begins_with_x_is_one(self, word):
        assert kinds(said(f"{GREETED}+ 250 {word}\nC: QUIT\nS: 221 bye")) == []

    def test_eight_letters_are_starttls_unless_that_is_offered(self):
        assert kinds(said(f"{GREETED}+ 250 XXXXXXXA\nC: QUIT\nS: 221 bye")) == []
        assert kinds(said(f"{GREETED}+ 250-STARTTLS\n+ 250 XXXXXXXB\nC: QUIT\nS: 221 bye")) == ["keyword"]

    def test_the_server_s_name_is_no_keyword(self):
        assert kinds(said("S: 220 mx\nC: EHLO gw\nS: 250-XXXX\n+ 250 HELP\nC: QUIT\nS: 221 bye")) == []


class TestCommand:
    def asked(self, command, reply):
        return kinds(said(f"S: 220 mx\nC: {command}\nS: {reply}\nC: QUIT\nS: 221 bye"))

    @pytest.mark.parametrize(
        ("command", "reply", "kind"),
        [
            ("XXXX gw.example.net", "500 what?", "command"),
            ("XXXXXXXX", "502 no", "command"),
            ("NOOP gw.example.net", "250 ok", "noop"),
            ("NOOP [192.0.2.17]", "250 ok", "noop"),
            ("NOOP TO:<anna@example.net>", "250 ok", "noop"),
            ("NOOP LOGIN", "250 ok", "noop"),
            (r"NOOP\x20\x20\x20\x20", "250 ok", "noop"),
            ("STARTTLS", '500 5.5.1 Command unrecognized: "XXXXXXXX"', "quoted"),
            ("EHLO gw", '502 "XXXX gw"', "quoted"),
        ],
    )
    def test_it_was_overwritten(self, command, reply, kind):
        assert self.asked(command, reply) == [kind]

    @pytest.mark.parametrize(
        ("command", "reply"),
        [
            ("XXXX gw", "250 a server that knows it"),
            ("XYZZY", "500 what?"),
            ("XXX", "500 what?"),
            ("NOOP", "250 ok"),
            ("NOOP hello", "250 ok"),
            ("NOOP\\x20", "250 ok"),
            (
                "XXXX",
                '500 "XXXX"',
            ),
            ("STARTTLS", '500 "XXXXXX"'),
            ("EHLO gw", "550 XXXX"),
            ("EHLO gw", "500 FOO-XXXX-BAR"),
        ],
    )
    def test_it_was_not(self, command, reply):
        assert "noop" not in self.asked(command, reply)
        assert "quoted" not in self.asked(command, reply)

    def test_a_name_behind_noop_counts_at_the_beginning_only(self):
        assert kinds(said("S: 220 mx\nC: HELO gw\nS: 250 mx\nC: NOOP gw.example.net\nS: 250 ok\n")) == []

    def test_message_text_is_not_looked_at(self):
        text = "C: DATA\nS: {}\nC: XXXX one\n+ XXXXXXXX\n+ NOOP TO:<a@b>\n+ .\nS: {}\nC: QUIT\n"
        hello = "S: 220 mx\nC: HELO gw\nS: 250 mx\nC: MAIL FROM:<a@b>\nS: 250 a\nC: RCPT TO:<c@d>\nS: 250 b\n"
        taken = hello + text.format("354 go", "250 kept") + "S: 221 bye"
        refused = hello + text.format("554 no", "500 a\n+ 500 b\n+ 250 c\n+ 500 d") + "S: 221 bye"
        assert kinds(said(taken)) == []
        assert kinds(said(refused)) == []

    def test_one_finding_for_all(self):
        one = found(
            said(f"{GREETED}+ 250-XXXXXA\n+ 250 XXXXB\nC: XXXX a\nS: 500 what?\nC: QUIT\nS: 221 bye"),
            "PATH602",
        )
        assert one.details["masked"] == 3
        assert one.message == (
            "2 keywords in the reply to EHLO overwritten with X, 1 command overwritten with X"
        )

    def test_no_octets_of_the_dialogue_are_shown(self):
        one = found(said("S: 220 mx\nC: NOOP TO:<secret@example.net>\nS: 250 ok\nC: QUIT"), "PATH602")
        assert "secret" not in f"{one.message}{one.details}"


def test_cutting_the_same_octets_elsewhere_changes_nothing():
    sent = played(
        f"S: 220 ***2***0\n{GREETED[10:]}+ 250 XXXXXXXXXC\nC: XXXX gw\nS: 500 what?\nC: QUIT\nS: 221 b"
    )
    whole = heard(segments_capture(sent))
    pieces = [piece for one in sent for piece in cut(one, *range(1, len(one.octets)))]
    torn = heard(segments_capture(pieces))
    for code in ("PATH601", "PATH602"):
        assert found(torn, code).details == found(whole, code).details
