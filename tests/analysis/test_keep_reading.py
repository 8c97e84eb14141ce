"""What a client believed, and what became of its mail, as they are kept."""

from dataclasses import replace

from judged import findings, said

from desync.analysis.keep_reading import Believed, misread_of, transaction_record
from desync.analysis.keep_record import record_of
from desync.exchanges.privacy import private_replies
from desync.exchanges.reading import Belief, Drift, Reader, Reading
from desync.exchanges.transaction import Recipient, Transaction

DIALOGUE = (
    "S: 220 mx \\\nS[unprompted +10ms]: ready\nC: EHLO gw\nS: 250-mx\n+ 250 HELP\n"
    "C: MAIL FROM:<a@b>\nS: 250 ok\nC: QUIT\nS: 221 bye"
)
SEGMENT = Reader("segment", (), 1.0, None)
LINE = Reader("line", ("segment",), 0.9, None)


def drifted(conversation, *beliefs, reader=SEGMENT, **changes):
    """The same conversation, read in this way; each belief a code and a range, or None."""
    fields = {"onset": 1, "recovered": None, "cause": "split-reply", "trigger": 0} | changes
    unknown = (None,) * (len(conversation.exchanges) - len(beliefs))
    taken = tuple(None if one is None else Belief(*one) for one in (*beliefs, *unknown))
    shifts = tuple(None if one is None else int(n > 0) for n, one in enumerate(taken))
    reading = Reading(reader, Drift(**fields), shifts, taken)
    return replace(conversation, reading=reading)


def believed(conversation):
    writer = Believed(conversation, private_replies(conversation))
    return [writer.record(one.index) for one in conversation.exchanges]


def texts(conversation):
    return [one and one.text for one in believed(conversation)]


class TestBelieved:
    def test_is_written_line_by_line_and_part_by_part(self):
        one = drifted(said(DIALOGUE), (220, 0, 7), (None, 7, 14), (250, 14, 32), None)
        assert texts(one) == [("220 mx ",), ("ready",), ("250-mx", "250 HELP"), None]
        assert believed(one)[1].code is None
        assert believed(one)[2].octets == (14, 32)

    def test_may_begin_in_one_reply_and_end_in_another(self):
        one = drifted(said(DIALOGUE), (220, 0, 7), (None, 7, 18))
        assert texts(one) == [("220 mx ",), ("ready", "250-"), None, None]

    def test_of_a_line_ending_alone_is_an_empty_line(self):
        one = drifted(said(DIALOGUE), (220, 0, 12), (None, 12, 14))
        assert texts(one)[1] == ("",)

    def test_of_nothing_is_no_line(self):
        assert texts(drifted(said(DIALOGUE), (None, 0, 0)))[0] == ()

    def test_beyond_what_was_captured_is_a_length(self):
        one = drifted(said(DIALOGUE), (220, 0, 14), (None, 40, 60))
        assert texts(one)[1] == ("ok", "221 bye", "<9 octets>") or texts(one)[1][-1].endswith("octets>")

    def test_shifts_go_with_it(self):
        record = record_of(drifted(said(DIALOGUE), (220, 0, 7), (None, 7, 14)), [])
        assert [one.shift for one in record.exchanges] == [0, 1, None, None]
        assert record.drift.cause == "split-reply"
        assert record.reader == SEGMENT

    def test_repeats_nothing_private(self):
        text = (
            "S: 220 mx\nC: EHLO gw\nS: 250-mx\n+ 250 AUTH LOGIN\nC: AUTH LOGIN\nS: 334 VXNlcm5hbWU6\n"
            "C: YW5uYQ==\nS: 535 no anna here\nC: DATA\nS: 503 no\nC: Subject: dismissal\n+\n+ x\n+ .\n"
            "S: 500 dismissal unrecognized\n+ 500 what\n+ 500 what"
        )
        one = said(text)
        length = one.connection.server_stream.length
        for start in range(0, length, 3):
            for size in (2, 5, 40, length):
                shown = texts(drifted(one, (None, start, min(start + size, length))))[0]
                assert "anna" not in str(shown)
                assert "dismissal" not in str(shown)
        (whole,) = [each for each in texts(drifted(one, (220, 0, length))) if each]
        assert "<16 octets>" in whole
        assert "503 no" in whole


class TestMisread:
    def test_that_the_drift_alone_shows(self):
        one = drifted(said(DIALOGUE), (220, 0, 7), (None, 7, 14))
        assert misread_of(one, findings(one)) == (True, False, True, False, ("segment",))

    def test_of_a_whole_reply_is_not_cured(self):
        one = drifted(said(DIALOGUE), reader=LINE, onset=2, trigger=1, cause="multiline-reply")
        assert misread_of(one, findings(one)) == (True, False, False, True, ("line", "segment"))

    def test_of_a_split_reply_by_a_line_reader_is_not_cured(self):
        one = drifted(said(DIALOGUE), reader=Reader("line", (), 1.0, None))
        assert misread_of(one, findings(one)).cured is False

    def test_is_none_where_a_reply_came_late(self):
        late = drifted(said(DIALOGUE), reader=Reader("whole-reply", (), 1.0, None), cause="late-reply")
        assert misread_of(late, findings(late)) == (False, False, False, False, ())

    def test_whose_reply_is_not_known_is_one_all_the_same(self):
        one = drifted(said(DIALOGUE), trigger=None)
        assert misread_of(one, findings(one))[:4] == (True, False, False, False)

    def test_that_cannot_be_decided_is_not_counted(self):
        text = "S: 220 \\\nC: EHLO gw\nS[unprompted +10ms]: mx\nS[after EHLO]: 250 mx"
        one = replace(said(text), reading=Reading(SEGMENT))
        found = [replace(each, certainty="inconclusive") for each in findings(one)]
        assert misread_of(one, findings(one)).misread
        assert not misread_of(one, found).misread

    def test_a_client_that_waits_for_nothing_is_remembered(self):
        one = replace(said(DIALOGUE), reading=Reading(Reader("blind", (), 1.0, None)))
        assert misread_of(one, findings(one)) == (False, False, False, False, ("blind",))
        one = replace(said(DIALOGUE), reading=Reading(LINE))
        assert misread_of(one, findings(one)).models == ()


def test_names_of_a_transaction_are_text_and_bounded():
    one = Transaction(
        sender=b"gr\xfcn@example.net",
        recipients=(Recipient(b"x" * 900, 250), Recipient(None, None)),
        final=5,
        final_code=250,
        queue_id=b"q" * 300,
        octets=131,
        outcome="accepted",
        believed="unknown",
        verdict="unknown",
        because=None,
        exchanges=(2, 5),
    )
    record = transaction_record(7, one)
    assert record.sender == "gr\\xfcn@example.net"
    assert record.recipients == (("x" * 255 + "...", 250), (None, None))
    assert len(record.queue_id) == 258
    assert (record.index, record.final_code, record.verdict) == (7, 250, "unknown")
    assert record.exchanges == (2, 5)
    assert transaction_record(7, replace(one, sender=None, queue_id=None)).sender is None
