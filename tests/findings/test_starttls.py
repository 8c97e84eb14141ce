"""Text around STARTTLS: TLS501 to TLS503."""

from itertools import pairwise

import pytest
from build import Sent, segments_capture
from incidents import CAPTURES, captured, talk
from judged import codes, conversations, document, findings, found, said

HELLO = "S: 220 hi\nC: EHLO a.example\nS: 250-mx\n+ 250-PIPELINING\n+ 250 STARTTLS\n"
CLIENT_HELLO = "\\x16\\x03\\x01\\x00\\x06\\x01\\x00\\x00\\x02\\x03\\x03\\"
SERVER_HELLO = "\\x16\\x03\\x03\\x00\\x06\\x02\\x00\\x00\\x02\\x03\\x03\\"
TLS = f"C: {CLIENT_HELLO}\nS: {SERVER_HELLO}\n"
TEXT = "EHLO mallory.example"


def tls(text):
    """The codes about TLS that a dialogue draws."""
    return [code for code in codes(said(text)) if code.startswith("TLS")]


class TestInjectedCommands:
    """TLS501."""

    def test_text_in_the_segment_of_starttls_is_proved(self):
        one = found(said(f"{HELLO}C: STARTTLS\n+ {TEXT}\nS: 220 go\n{TLS}"), "TLS501")
        assert (one.certainty, one.evidence) == ("proved", ("ack", "same-segment"))
        assert (one.details["octets"], one.details["fate"]) == (len(TEXT) + 2, "inside-tls")
        assert "mallory" not in one.message

    def test_what_the_server_answers_in_plain_text_is_counted(self):
        one = found(
            said(f"{HELLO}C: STARTTLS\n+ NOOP\n+ NOOP\nS: 220 go\n+ 250 ok\n+ 250 ok\n{TLS}"), "TLS501"
        )
        assert (one.details["answered"], one.details["fate"]) == (2, "answered")

    def test_behind_a_refused_starttls_it_was_read_as_commands(self):
        one = found(said(f"{HELLO}C: STARTTLS\n+ NOOP\nS: 454 not now\n+ 250 ok\n"), "TLS501")
        assert (one.details["code"], one.details["fate"]) == (454, "starttls-refused")

    def test_text_without_a_line_ending_ends_where_tls_begins(self):
        heard = said(f"{HELLO}C: STARTTLS\n+ NOOP\\\nS: 220 go\n{TLS}")
        assert found(heard, "TLS501").details["octets"] == 4
        assert heard.encryption.client == heard.exchanges[-1].prompt.end

    @pytest.mark.parametrize("text", [TEXT, "", "x", "Subject: hello"])
    def test_any_text_is_plain_text(self, text):
        assert tls(f"{HELLO}C: STARTTLS\n+ {text}\nS: 220 go\n{TLS}") == ["TLS501"]

    def test_it_is_no_command_out_of_turn_besides(self):
        heard = said(f"{HELLO}C: STARTTLS\n+ {TEXT}\n+ MAIL FROM:<a@b.example>\nS: 220 go\n{TLS}")
        assert codes(heard) == ["TLS501", "CAP912"]
        assert heard.reading.drift is None

    @pytest.mark.parametrize(
        "rest",
        [
            f"C: STARTTLS\nS: 220 go\n{TLS}",
            f"C: STARTTLS\nS: 220 go\nC: {TEXT}\nS: 250 mx\nC: QUIT\nS: 221 bye\n",
            "C: STARTTLS\nS: 454 not now\nC: MAIL FROM:<a@b.example>\nS: 250 ok\nC: QUIT\nS: 221 bye\n",
        ],
    )
    def test_what_comes_behind_the_reply_is_no_injection(self, rest):
        assert tls(HELLO + rest) == []

    def test_a_client_that_gave_up_on_the_reply_has_injected_nothing(self):
        segments = captured("starttls-uninjected")[0]
        asked = next(number for number, one in enumerate(segments) if one.octets == b"STARTTLS\r\n")
        one = segments[asked]
        late = Sent("client", one.offset + 10, b"QUIT\r\n", one.acknowledged, one.time + 30 * 10**9, "P")
        assert "TLS501" not in codes(talk([*segments[: asked + 1], late]))

    def test_a_hole_before_it_makes_it_inconclusive(self):
        segments = captured("starttls-injected-commands")[0]
        ehlo = next(one for one in segments if one.octets.startswith(b"EHLO"))
        one = found(talk([each for each in segments if each is not ehlo]), "TLS501")
        assert one.certainty == "inconclusive"
        assert one.details["reasons"]

    def test_a_handshake_sent_ahead_is_said_with_the_encryption(self):
        report = document(CAPTURES / "rules" / "TLS501-starttls-command-injection.clean-ahead.pcap")
        (one,) = report["findings"]
        assert (one["code"], one["details"]["ahead"]) == ("CAP912", True)


class TestInjectedReplies:
    """TLS502."""

    @pytest.mark.parametrize("text", ["250 ok", "250-mx\n+ 250 AUTH PLAIN", "Not a reply", "221 bye"])
    def test_text_behind_the_220_is_proved(self, text):
        heard = said(f"{HELLO}C: STARTTLS\nS: 220 go\n+ {text}\n{TLS}")
        assert codes(heard) == ["TLS502", "CAP912"]
        one = found(heard, "TLS502")
        assert (one.certainty, one.blame) == ("proved", "server")
        assert one.details["octets"] == sum(len(line) for line in text.split("\n+ ")) + 2 * (
            1 + text.count("\n")
        )
        assert heard.encryption.server == one.details["octets"] + heard.exchanges[2].reply.octets[1]

    def test_text_without_a_line_ending_ends_where_tls_begins(self):
        assert (
            found(said(f"{HELLO}C: STARTTLS\nS: 220 go\n+ 250 o\\\n{TLS}"), "TLS502").details["octets"] == 5
        )

    @pytest.mark.parametrize(
        "rest",
        [
            f"S: 220 go\n{TLS}",
            f"S: 220-go\n+ 220 on\n{TLS}",
            # Written when the server had the handshake, or instead of it.
            f"S: 220 go\nC: {CLIENT_HELLO}\nS: 454 not after all\n",
            "S: 220 go\nS: 421 idle\n",
            # A dialogue that was decrypted.
            "S: 220 go\nC: EHLO a.example\nS: 250 mx\nC: QUIT\nS: 221 bye\n",
        ],
    )
    def test_what_is_no_injection(self, rest):
        assert tls(f"{HELLO}C: STARTTLS\n{rest}") == []

    def test_answers_to_injected_commands_are_none(self):
        assert tls(f"{HELLO}C: STARTTLS\n+ NOOP\nS: 220 go\n+ 250 ok\n{TLS}") == ["TLS501"]


@pytest.mark.parametrize(
    ("keywords", "fires"),
    [
        ("XXXXXXXA", True),
        ("XXXXXXXX", True),
        ("XXXXXXXA STARTTLS", False),
        ("XXXXXXX", False),
        ("XXXXXXXXX", False),
        ("XFORWARD XCLIENT", False),
        ("BINARYMIME XXXXXXXB", False),
        ("XXXXXXXA BINARYMIME XXXXXXXB", True),
        ("XXXXXXXA BINARYMIME CHUNKING", True),
        ("XXXXXXXA 8BITMIME BINARYMIME", False),
    ],
)
def test_a_masked_offer(keywords, fires):
    lines = "".join(f"+ 250-{word}\n" for word in keywords.split())
    heard = said(f"S: 220 hi\nC: EHLO a.example\nS: 250-mx\n{lines}+ 250 SIZE\nC: QUIT\nS: 221 bye\n")
    assert ("TLS503" in codes(heard)) == fires
    if fires:
        assert found(heard, "TLS503").certainty == "consistent"


@pytest.mark.parametrize(
    ("name", "code"), [("starttls-injected-commands", "TLS501"), ("starttls-injected-reply", "TLS502")]
)
@pytest.mark.parametrize("size", [1, 3, 7])
def test_how_the_octets_are_cut_changes_no_verdict(name, code, size):
    pieces = []
    for one in captured(name)[0]:
        cuts = [*range(0, len(one.octets), size), len(one.octets)] if one.octets else [0, 0]
        pieces += [
            one._replace(offset=one.offset + start, octets=one.octets[start:end])
            for start, end in pairwise(cuts)
        ]
    (whole,) = conversations(segments_capture(pieces))
    (judged,) = [one for one in findings(whole) if one.rule.code == code]
    assert judged.certainty == "proved"
    assert judged.details["octets"] == found(talk(captured(name)[0]), code).details["octets"]
