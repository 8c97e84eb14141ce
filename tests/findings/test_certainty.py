"""How sure a verdict can be: DESIGN.md, section 3, the table of evidence and what follows it."""

import pytest
from build import segments_capture
from judged import accusations, findings, found, heard, played, said

from desync.findings.certainty import doubts

HELLO = """
    S: 220 mx.example.org
    C: EHLO gw
    S: 250-mx
    + 250 SIZE
"""
EARLY = "C: MAIL FROM:<a@b>\nC[unprompted]: RCPT TO:<c@d>\nS: 250 ok\nS[unprompted]: 250 ok\n"


def of(conversation, code):
    one = found(conversation, code)
    return one.certainty, one.evidence


def test_whole_from_its_syn_is_proved_by_acknowledgment():
    assert of(said(HELLO + EARLY), "SYNC104") == ("proved", ("ack",))


def test_two_commands_in_one_segment_prove_it_besides():
    text = HELLO + "C: MAIL FROM:<a@b>\n+ RCPT TO:<c@d>\nS: 250 ok\n+ 250 ok"
    assert of(said(text), "SYNC104") == ("proved", ("ack", "same-segment"))


def test_a_proved_finding_has_no_reasons_against_it():
    one = said(HELLO + EARLY)
    assert doubts(one, one.exchanges[3]) == []
    assert "reasons" not in found(one, "SYNC104").details


class TestInconclusive:
    def test_from_the_middle(self):
        sent = played(HELLO + "C: NOOP\nC[unprompted]: RSET\nS: 250 ok\nS[unprompted]: 250 ok\n")[6:]
        one = heard(segments_capture(sent))
        assert all(each.certainty != "proved" for each in self._accused(one))

    @pytest.mark.parametrize("lost", range(3, 9))
    def test_what_a_hole_touches_is_not_proved(self, lost):
        text = HELLO + EARLY + "C: QUIT\nS: 221 bye"
        sent = played(text)
        one = heard(segments_capture(sent[:lost] + sent[lost + 1 :]))
        for each in self._accused(one):
            assert each.certainty != "proved" or lost >= 8, each.message

    def test_a_hole_behind_what_it_needs_does_not_matter(self):
        text = HELLO + EARLY + "C: NOOP\nS[lost]: 250 ok\nC: QUIT\nS: 221 bye"
        assert of(said(text), "SYNC104")[0] == "proved"

    def test_the_reasons_are_named(self):
        text = HELLO.replace("C: EHLO gw", "C: EH\\\nC[lost unprompted]: LO gw") + EARLY
        for each in self._accused(said(text)):
            assert each.certainty == "inconclusive"
            assert each.details["reasons"]

    @pytest.mark.parametrize(
        "text",
        [
            "C[unprompted]: EHLO gw\nS: 220 mx\n+ 250-mx\n+ 250 PIPE_CONNECT\nC: QUIT\nS: 221 bye",
            "C[unprompted]: PROXY TCP4 192.0.2.1 192.0.2.2 4711 25\nS: 220 mx\nC: QUIT\nS: 221 bye",
        ],
    )
    def test_a_command_that_the_snap_length_cut(self, text):
        """What the client said is not known: it may have been what is allowed before the greeting."""
        sent = played(text)
        (at,) = [number for number, one in enumerate(sent) if one.side == "client" and one.offset == 0][-1:]
        octets = bytearray(segments_capture(sent))
        # Two octets of the command stay, and the record's header says so.
        lacking = len(sent[at].octets) - 2
        start = octets.index(sent[at].octets)
        held = 54 + len(sent[at].octets) - lacking
        octets[start - 62 : start - 58] = held.to_bytes(4, "little")
        del octets[start + 2 : start + 2 + lacking]
        one = heard(bytes(octets))
        assert one.connection.client_stream.gaps
        assert all(each.certainty != "proved" for each in self._accused(one))

    def test_a_lone_ack_in_mid_stream_is_not_the_handshakes(self):
        """Without the SYN-ACK and the third segment, where the server's stream begins is not known."""
        sent = played("S: 220 \\\nS[unprompted +60ms]: mx ready\nC: QUIT\nS: 221 bye")
        (late,) = [
            n
            for n, one in enumerate(sent)
            if one.side == "client" and one.acknowledged == 4 and not one.octets
        ]
        assert late > 3
        one = heard(segments_capture(sent[:1] + sent[3:]))
        assert all(each.certainty != "proved" for each in findings(one) if each.severity == "error")

    def test_two_copies_that_differ(self):
        """Which copy of the offer the client took decides whether it was offered."""
        offer = "S: 250-mx\n+ 250 PIPELINING\n"
        sent = played(f"S: 220 mx\nC: EHLO gw\n{offer}{EARLY}")
        (at,) = [number for number, one in enumerate(sent) if b"PIPELINING" in one.octets]
        other = sent[at]._replace(octets=sent[at].octets.replace(b"PIPELINING", b"XXXXXXXXXX"))
        one = found(heard(segments_capture([*sent[:at], other, *sent[at:]])), "SYNC104")
        assert one.certainty == "inconclusive"
        assert "last" not in one.details["policies"]

    def test_two_copies_of_which_the_first_was_acknowledged_before_the_second_came(self):
        sent = played(HELLO + EARLY)
        (greeting,) = [one for one in sent if one.octets.startswith(b"220")]
        other = greeting._replace(octets=b"421 " + greeting.octets[4:], time=sent[-1].time)
        assert of(heard(segments_capture([*sent, other])), "SYNC104")[0] == "proved"

    def test_urgent_octets_of_the_client(self):
        """A server's program may have been given one of them apart: the command was another one."""
        text = HELLO + "C: NOOP\nS: 250 ok\n" + EARLY
        sent = played(text)
        (at,) = [number for number, one in enumerate(sent) if one.octets.startswith(b"NOOP")]
        assert of(heard(segments_capture(sent)), "SYNC104")[0] == "proved"
        sent[at] = sent[at]._replace(flags="PU")
        one = found(heard(segments_capture(sent)), "SYNC104")
        assert one.certainty == "inconclusive"
        assert any("urgent" in reason for reason in one.details["reasons"])

    def test_the_server_not_captured(self):
        sent = [one for one in played(HELLO + EARLY) if one.side == "client"]
        assert all(each.certainty != "proved" for each in self._accused(heard(segments_capture(sent))))

    @staticmethod
    def _accused(conversation):
        return [found(conversation, code) for code in sorted(set(accusations(conversation)))]


def test_one_captured_syn_in_three_is_enough():
    """The SYN-ACK tells both numbers, and so do the SYN and the ACK (CAP904)."""
    sent = played("S: 220 m\\\nC: EHLO gw\nS[unprompted +10ms]: x\nS[after EHLO]: 250 mx")
    for missing in ({0}, {1}, {2}, {0, 2}):
        kept = [one for number, one in enumerate(sent) if number not in missing]
        assert of(heard(segments_capture(kept)), "SYNC102")[0] == "proved", missing
