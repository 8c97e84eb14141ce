"""What single dialogues tell of how they were read."""

import pytest
from build import segments_capture
from incidents import conversation as incident
from judged import found, heard, played, said

HELLO = "S: 220 mx\nC: EHLO c\nS: 250-mx\n+ 250 SIZE 9\n"
PATH = {"rtt": "client 0ms server 40ms"}


def reading(text, **keys):
    return said(text, **(PATH | keys)).reading


@pytest.mark.parametrize(
    ("name", "model", "onset", "recovered", "cause"),
    [
        ("ccnotes-1999", "segment", 1, None, "split-reply"),
        ("greeting-split-heals", "segment", 1, 2, "split-reply"),
        ("line-reader-loses-mail", "line", 2, None, "multiline-reply"),
        ("one-line-greeting", "line", 1, None, "multiline-reply"),
        ("late-reply-after-timeout", "whole-reply", 6, None, "late-reply"),
        ("late-reply-flushed", "whole-reply", 6, 7, "late-reply"),
        ("two-replies-to-one-message", "whole-reply", 6, None, "surplus-reply"),
        ("unsolicited-421-drifts", "whole-reply", 6, None, "unsolicited-reply"),
    ],
)
def test_an_incident_is_read_as_its_client_read_it(name, model, onset, recovered, cause):
    found = incident(name).reading
    assert found.reader.model == model
    assert (found.drift.onset, found.drift.recovered, found.drift.cause) == (onset, recovered, cause)


@pytest.mark.parametrize(
    "name",
    ["tarpit-read-correctly", "late-reply-waited-for", "pipelining-unoffered", "sleep-between-commands"],
)
def test_a_client_that_reads_in_order_has_not_drifted(name):
    assert incident(name).reading.drift is None


def test_beliefs_and_shifts_stand_at_their_exchanges():
    found = incident("ccnotes-1999").reading
    assert found.shifts == (0, 1, 1, 1, 1, 1, 1)
    assert [(belief.code, belief.start) for belief in found.beliefs[:3]] == [(220, 0), (None, 17), (250, 39)]


def test_a_client_that_never_sent_early_reads_whole_replies():
    assert reading(HELLO + "C: QUIT\nS: 221 bye") == reading(HELLO + "C: NOOP\nS: 250 ok")
    assert reading(HELLO + "C: QUIT\nS: 221 bye").reader == ("whole-reply", (), 1.0, None)


def test_a_connection_on_which_the_client_said_nothing_tells_nothing():
    assert reading("S: 220 mx").reader.model is None


def test_a_hole_before_anything_odd_leaves_it_open():
    text = HELLO + "C[lost]: NOOP\nS: 250 ok\nC: RSET\nC[unprompted +0.2ms]: QUIT\nS: 250 ok\n+ 221 bye"
    assert reading(text).reader.model is None


def test_what_was_sent_ahead_is_said_in_words():
    burst = "C: RSET\nC[unprompted +0.2ms]: NOOP\nS[after RSET]: 250 ok\nS[after NOOP]: 250 ok\n"
    found = reading(HELLO + burst + burst)
    assert found.drift is None
    assert found.reader.model == "whole-reply"
    assert found.reader.exception == "sent NOOP and 1 more ahead of the reply"


def test_a_421_is_the_answer_to_what_is_outstanding():
    text = (
        HELLO + "C: NOOP\nS: 250 ok\nS[unprompted +900ms]: 421 idle\nfin server\nC[+500ms]: QUIT\nfin client"
    )
    assert reading(text).drift is None


def test_a_wait_given_up_for_good_is_no_drift():
    text = "C[+4s]: QUIT\nfin client [+4s]\nS[unprompted +9s]: 220 mx\nS[unprompted +1ms]: 221 bye"
    assert reading(text).drift is None


def test_message_text_run_as_commands_is_one_thing_to_the_client():
    text = HELLO + (
        "C: DATA\nS: 503 no\nC: Subject: a\n+\n+ text\n+ .\n"
        "S: 500 what\nS[unprompted]: 500 what\nS[unprompted]: 500 what\nS[unprompted]: 500 what\n"
        'C[after "500 what" +0.2ms]: QUIT\nS: 221 bye\nclose'
    )
    found = reading(text)
    assert found.beliefs == () or found.beliefs[3].code == 500
    assert found.drift is None or found.drift.cause == "mail-data-as-commands"


def test_without_times_only_a_send_within_a_reply_convicts():
    burst = (
        "C: RSET\nC[unprompted +0.2ms]: NOOP\nC[unprompted +0.2ms]: VRFY a\nS: 250 ok\n+ 250 ok\n+ 250 ok\n"
    )
    sent = [one._replace(time=1) for one in played(HELLO + burst * 4, **PATH)]
    assert heard(segments_capture(sent)).reading.drift is None


def test_a_drift_on_a_hole_is_inconclusive_and_says_so():
    text = """S: 220 mx.example\\
        C: HELO c
        S[unprompted +10ms]: .org
        C: MAIL FROM:<a@b.c>
        S[after HELO]: 250 mx
        C: RCPT TO:<b@b.c>
        S[after MAIL]: 250 a
        C: RSET
        S[after RCPT]: 250 b
        C[lost]: NOOP
        S[after RSET]: 250 c
        C: QUIT
        S: 221 bye"""
    drift = found(said(text, **PATH), "SYNC201")
    assert drift.certainty == "inconclusive"
    assert drift.details["reasons"] == ["octets of this connection are not in the capture"]
