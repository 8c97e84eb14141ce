"""DATA401: which mark, in which of the three stages, how sure; and what is none."""

import pytest
from build import cut, segments_capture
from dialogues import BYE, OPENING
from judged import codes, findings, found, heard, played, said, script

from desync.findings.data_ends import inside_data

CODE = "DATA401"
MARKS = {
    "LF . LF": r"\n.\n",
    "LF . CRLF": r"\n.\r\n",
    "CRLF . LF": r"\r\n.\n",
    "LF . CR": r"\n.\r",
    "CRLF . CR": r"\r\n.\r",
    "CR . CR": r"\r.\r",
    "CR . CRLF": r"\r.\r\n",
    "CR . LF": r"\r.\n",
    "CRLF . CR CRLF": r"\r\n.\r\r\n",
    "CRLF NUL . CRLF": r"\r\n\0.\r\n",
}
SMUGGLED = "MAIL FROM:<e@f>\n+ RCPT TO:<g@h>\n+ DATA\n+ Subject: y\n+\n+ z\n+ .\n"
TAKEN = "S: 250 kept\n+ 250 ok\n+ 250 ok\n+ 354 go\n+ 250 kept too\n"
THREE = "S: 250 kept\n+ 250 ok\n+ 250 ok\n+ 354 go\n"


def of(text):
    return found(said(OPENING + text + BYE), CODE)


@pytest.mark.parametrize("name", MARKS)
class TestStages:
    def test_present(self, name):
        one = of(f"C: x{MARKS[name]}{SMUGGLED}S: 250 kept\n")
        assert (one.details["stage"], one.severity, one.certainty, one.blame) == (
            "present",
            "note",
            "proved",
            "client",
        )
        assert one.details["marks"] == {name: 1}
        assert one.details["taken"] is None

    def test_answered(self, name):
        one = of(f"C: x{MARKS[name]}{SMUGGLED}{TAKEN}")
        details = one.details
        assert (details["stage"], one.severity, one.certainty, one.blame) == (
            "answered",
            "error",
            "consistent",
            "server",
        )
        assert (details["taken"], details["offset"]) == (name, details["offsets"][0])
        assert (details["commands"], details["lines"], details["replies"], details["obeyed"]) == (3, 4, 4, 4)
        assert one.exchanges == (5, 9)

    def test_answered_before_the_server_had_the_standard_end(self, name):
        early = SMUGGLED.removesuffix("+ .\n")
        one = of(f"C: x{MARKS[name]}{early}{THREE}C[unprompted +3ms]: .\nS: 250 kept too\n")
        assert (one.details["stage"], one.certainty) == ("answered", "proved")
        assert one.details["before_standard_end"] is True

    def test_accepted_by_a_server_that_then_read_on(self, name):
        one = of(f"C: x{MARKS[name]}\\\nS: 250 kept\n")
        assert (one.details["stage"], one.severity, one.certainty) == ("accepted", "warning", "proved")
        assert one.details["standard_end"] is None
        assert one.details["lines"] == 0


class TestLookAlikes:
    @pytest.mark.parametrize(
        "text", [".x", "..", ".profile\\n..", "x.\\n.y", "x\\n ", "x\\r\\n.\\0x", "\\n..\\nMAIL FROM:<e@f>"]
    )
    def test_dot_stuffing_is_none(self, text):
        assert CODE not in codes(said(f"{OPENING}C: x\n+ {text}\n+ .\nS: 250 kept\n{BYE}"))

    def test_the_standard_end_is_none(self):
        assert CODE not in codes(said(f"{OPENING}C: x\n+ .\nS: 250 kept\n{BYE}"))
        assert CODE not in codes(said(f"{OPENING}C: .\nS: 250 kept\n{BYE}"))

    def test_a_message_refused_at_the_mark_was_not_accepted(self):
        one = of("C: x\\n.\\ny\nS: 554 bare LF\nC[unprompted +1ms]: .\n")
        assert (one.details["stage"], one.details["final_code"]) == ("present", 554)

    def test_a_server_that_answers_late_did_not_accept_it_early(self):
        one = of(f"C: x\\n.\\n{SMUGGLED}S[+90s]: 250 kept\n")
        assert one.details["stage"] == "present"

    def test_a_client_that_waits_at_the_mark_smuggles_nothing(self):
        text = OPENING + "C: x\\n.\nS: 250 kept\nC: MAIL FROM:<a@b>\nS: 250 ok\nC: RCPT TO:<c@d>\nS: 250 ok\n"
        one = found(said(text + "C: DATA\nS: 354 go\nC: y\n+ .\nS: 250 kept\n" + BYE), CODE)
        assert (one.details["stage"], one.details["lines"]) == ("accepted", 0)
        assert one.exchanges == (5, 5)

    def test_a_chunk_holds_none(self):
        text = (
            OPENING.replace("C: DATA\n    S: 354 go\n", "")
            + "C: BDAT 7 LAST\n+ a\\n.\\nb\\r\\n\\\nS: 250 ok\n"
        )
        assert CODE not in codes(said(text + BYE))


def test_many_marks_of_a_message_are_one_finding():
    one = of("C: x" + r"\n.\ny" * 30 + r"\n.\r\nz" + "\n+ .\nS: 250 kept\n")
    assert one.details["marks"] == {"LF . LF": 30, "LF . CRLF": 1}
    assert len(one.details["offsets"]) == 10


def test_two_messages_are_two_findings():
    message = "C: MAIL FROM:<a@b>\nS: 250 ok\nC: RCPT TO:<c@d>\nS: 250 ok\nC: DATA\nS: 354 go\n"
    text = "C: x\\n.\\ny\n+ .\nS: 250 kept\n"
    assert codes(said(OPENING + text + message + text + BYE)).count(CODE) == 2


def test_text_behind_the_mark_that_is_no_command_is_answered_as_well():
    one = of("C: x\\n.\\nDear all\n+ yours\n+ .\nS: 250 kept\n+ 500 what\n+ 500 what\n+ 500 what\n")
    assert (one.details["stage"], one.details["commands"], one.details["lines"]) == ("answered", 0, 3)
    assert "Dear" not in f"{one.message} {one.details}"


def test_a_reply_too_early_betrays_the_mark_even_if_nothing_else_is_answered():
    one = of("C: x\\n.\\ny\nS: 250 kept\nC[unprompted +3ms]: z\n+ .\nclose server\n")
    assert (one.details["stage"], one.certainty) == ("accepted", "consistent")
    assert one.details["before_standard_end"] is True


def test_a_reply_too_many_in_the_midst_of_the_text_is_consistent_at_most():
    text = "C: x\\n.\\ny\nS: 250 kept\nC[unprompted +9ms]: " + "z\n+ " * 30 + "\n+ .\nS: 250 kept\n"
    one = of(text)
    assert (one.details["stage"], one.certainty) == ("accepted", "consistent")


def test_what_was_smuggled_names_it():
    one = said(f"{OPENING}C: x\\n.\\n{SMUGGLED}{TAKEN}{BYE}")
    early = found(one, "SYNC106")
    assert (early.details["because"], early.details["because_exchange"]) == (CODE, 5)
    assert inside_data(one, 9).exchange.index == 5
    assert inside_data(one, 4) is None
    assert inside_data(one, 10) is None


def test_without_its_beginning_it_is_inconclusive():
    text = OPENING.replace("C: MAIL", "capture both\nC: MAIL")
    one = said(f"capture nothing\n{text}C: x\\n.\\n{SMUGGLED}{TAKEN}{BYE}", handshake=False)
    assert found(one, CODE).certainty == "inconclusive"


def test_a_lost_standard_end_proves_nothing():
    early = SMUGGLED.removesuffix("+ .\n")
    text = f"{OPENING}C: x\\n.\\n{early}{THREE}C[lost unprompted +3ms]: .\nS: 250 kept too\n{BYE}"
    assert found(said(text), CODE).certainty == "inconclusive"


def test_a_lost_reply_proves_nothing():
    one = said(f"{OPENING}C: x\\n.\\n{SMUGGLED}{TAKEN.replace('S:', 'S[lost]:')}{BYE}")
    assert all(each.certainty != "proved" or each.severity == "note" for each in _all(one))


def _all(one):
    return [each for each in findings(one) if each.rule.code == CODE]


@pytest.mark.parametrize("text", [f"C: x\\n.\\n{SMUGGLED}{TAKEN}", f"C: x\\n.\\n{SMUGGLED}S: 250 kept\n"])
def test_cutting_the_segments_changes_nothing(text):
    sent = played(OPENING + text + BYE)
    whole = heard(segments_capture(sent))
    pieces = [
        part
        for one in sent
        for part in (cut(one, *range(1, len(one.octets))) if one.side == "client" and one.octets else [one])
    ]
    octets = heard(segments_capture(pieces))
    assert script(octets) == script(whole)
    one, other = found(whole, CODE), found(octets, CODE)
    assert (one.severity, one.certainty, one.details) == (other.severity, other.certainty, other.details)
