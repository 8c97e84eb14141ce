"""DATA402: an end of data in pieces, and the stall that betrays a box which cannot handle it."""

import pytest
from build import cut, segments_capture
from judged import codes, findings, found, heard, played, said

CODE = "DATA402"
MASKED = "220 ****2******0****"
PLAIN = "220 mx"
OPENING = """
    S: %s
    C: HELO gw
    S: 250 mx
    C: MAIL FROM:<a@b>
    S: 250 ok
    C: RCPT TO:<c@d>
    S: 250 ok
    C: DATA
    S: 354 go
    C: x
"""
DROPPED = "C[unprompted +5ms dropped]: .\n" + "".join(f"C[again +{2**n}s dropped]:\n" for n in range(5))


def opened(greeting=PLAIN):
    return OPENING % greeting


def of(text):
    return found(said(text), CODE)


class TestSplit:
    def test_the_pieces_are_told(self):
        one = of(opened() + "C[unprompted +1ms]: .\nS: 250 kept\nC: QUIT\nS: 221 bye\nclose")
        assert (one.severity, one.certainty, one.blame) == ("note", "proved", "nobody")
        assert (one.details["pieces"], one.details["stalled"]) == ([2, 3], False)

    @pytest.mark.parametrize(("at", "pieces"), [(1, [1, 4]), (2, [2, 3]), (3, [3, 2]), (4, [4, 1])])
    def test_wherever_it_is_cut(self, at, pieces):
        sent = played(opened().replace("C: x", "C: x\n+ .") + "S: 250 kept\nC: QUIT\nS: 221 bye\nclose")
        (data,) = [one for one in sent if one.octets == b"x\r\n.\r\n"]
        index = sent.index(data)
        sent[index : index + 1] = cut(data, 1 + at)
        assert found(heard(segments_capture(sent)), CODE).details["pieces"] == pieces

    def test_in_one_segment_it_is_none(self):
        text = opened().replace("C: x", "C: y\nC[unprompted +1ms]: x\n+ .") + "S: 250 kept\n"
        assert CODE not in codes(said(text + "C: QUIT\nS: 221 bye\nclose"))

    def test_an_empty_message_is_none(self):
        assert CODE not in codes(said(opened().replace("C: x\n", "C: .\n") + "S: 250 kept\n"))

    def test_several_messages_are_one_note(self):
        more = "C[unprompted +1ms]: .\nS: 250 kept\n" + "\n".join(opened().split("\n")[4:])
        one = of(opened() + more + "C[unprompted +1ms]: .\nS: 250 kept\nC: QUIT\nS: 221 bye\nclose")
        assert one.details["messages"] == 2

    def test_a_lost_end_is_none(self):
        assert CODE not in codes(said(opened() + "C[unprompted +1ms lost]: .\nS: 250 kept\n"))


class TestStall:
    def test_behind_a_masked_greeting_it_is_consistent(self):
        one = of(opened(MASKED) + DROPPED)
        assert (one.severity, one.certainty, one.blame) == ("error", "consistent", "path")
        assert (one.details["stalled"], one.details["copies"], one.details["masked"]) == (True, 6, True)

    def test_where_the_server_is_alive_as_well(self):
        text = opened() + DROPPED.replace("C[again +4s", "ack server [+1s]\nC[again +4s")
        assert of(text).certainty == "consistent"

    def test_where_nobody_speaks_any_more_it_is_inconclusive(self):
        one = of(opened() + DROPPED)
        assert (one.severity, one.certainty) == ("error", "inconclusive")
        assert one.details["reasons"] == ["the path may have failed altogether"]

    def test_two_copies_are_not_enough(self):
        assert (
            of(opened(MASKED) + "C[unprompted +5ms dropped]: .\nC[again +1s dropped]:\n").severity == "note"
        )

    def test_in_one_segment_it_is_no_such_stall(self):
        text = opened(MASKED).replace("C: x\n", "C: x\n+ .\n").replace("C: x", "C[dropped]: x")
        assert CODE not in codes(said(text + "C[again +1s dropped]:\nC[again +2s dropped]:\n"))

    def test_where_more_than_the_end_is_missing_it_is_another_fault(self):
        text = opened(MASKED).replace("C: x", "C[dropped]: x") + DROPPED
        assert all(one.severity == "note" for one in findings(said(text)) if one.rule.code == CODE)

    def test_a_slow_server_is_none(self):
        assert of(opened() + "C[unprompted +5ms]: .\nfin client [unprompted +900s]\n").severity == "note"
        late = opened(MASKED) + "C[unprompted +5ms]: .\nS[+590s]: 250 kept\n"
        assert of(late).severity == "note"

    def test_a_masked_greeting_and_no_reply(self):
        for waited, certainty in ((700, "consistent"), (90, "inconclusive")):
            text = f"C[unprompted +5ms]: .\nack server [+1s]\nfin client [unprompted +{waited}s]\n"
            one = of(opened(MASKED) + text)
            assert (one.severity, one.certainty, one.details["copies"]) == ("error", certainty, 0)
        short = opened(MASKED) + "C[unprompted +5ms]: .\nack server [+1s]\nfin client [unprompted +9s]\n"
        assert of(short).severity == "note"

    def test_a_server_that_gives_up_has_not_answered(self):
        one = of(opened(MASKED) + DROPPED + "S[unprompted +300s]: 421 4.4.2 timeout\n")
        assert one.severity == "error"

    def test_a_lost_reply_is_none(self):
        text = opened(MASKED) + DROPPED + "S[lost unprompted]: 250 kept\nC: QUIT\nS: 221 bye\nclose"
        assert of(text).severity == "note"
