"""What each incident's dialogue says of the drift: who read how, from where on, and what it cost."""

from typing import NamedTuple

import pytest
from incidents import CAPTURES, SAMPLES, conversation
from judged import document, findings, found


class Drifted(NamedTuple):
    """What must be said of a client that drifted.

    ``believed`` gives for each exchange from the onset on the code that the client took for the
    answer; None stands for octets that do not begin with one. ``because`` is what the server did.
    """

    model: str
    onset: int
    recovered: int | None
    cause: str
    trigger: int
    believed: list[int | None]
    sizes: set[int]
    because: str | None = None


DRIFTED = {
    "ccnotes-1999": Drifted(
        "segment", 1, None, "split-reply", 0, [None, 250, 250, 250, 354, 250], {1}
    ),
    "greeting-split-heals": Drifted("segment", 1, 2, "split-reply", 0, [None], {1}),
    "segment-reader-ehlo": Drifted(
        "segment", 2, None, "split-reply", 1, [250, 250, 250, 354, 250], {1}
    ),
    "one-line-greeting": Drifted("line", 1, None, "multiline-reply", 0, [220, 250], {1}),
    "line-reader-loses-mail": Drifted(
        "line", 2, None, "multiline-reply", 1, [250, 250, 250, 250, 354], {1, 2}
    ),
    "late-reply-after-timeout": Drifted(
        "whole-reply", 6, None, "late-reply", 5, [250, 250, 250, 354], {1}
    ),
    "late-reply-eaten-by-rset": Drifted(
        "whole-reply", 6, None, "late-reply", 5, [250, 250, 250, 250, 354], {1}
    ),
    "late-reply-flushed": Drifted("whole-reply", 6, 7, "late-reply", 5, [250], {1}),
    "two-replies-to-one-message": Drifted(
        "whole-reply", 6, None, "surplus-reply", 5, [250, 250, 250, 354], {1}, because="REPLY306"
    ),
    "split-command-two-replies": Drifted(
        "whole-reply", 5, None, "surplus-reply", 4, [500, 500, 354], {1}, because="REPLY306"
    ),
    "unsolicited-421-drifts": Drifted(
        "whole-reply", 6, None, "unsolicited-reply", 5, [421, 250, 250, 250, 250, 354], {1}, "REPLY308"
    ),
}  # fmt: skip
UNDECIDED = {
    # Its last word comes before what it took for a reply could show.
    "gsm-module-ehlo": 2,
    "postal-2026": 1,
    # The 421 is for whoever sends the next command (RFC 5321, section 3.8); there is no other reply to it.
    "unsolicited-421": 6,
    # It reads each reply as that to the command before, or looks at none.
    "headers-as-commands": 1,
}
"""Where a drift may be shown or not, and where it would begin."""

WHOLE = [name for name in SAMPLES if name not in DRIFTED and name not in UNDECIDED]
VERDICTS = {
    "ccnotes-1999": [["delivered", "duplicate-risk", "unknown"]],
    "ccnotes-1999-cured": ["delivered"],
    "final-reply-in-time": ["delivered"],
    "final-reply-too-late": ["duplicate-risk"],
    "greeting-split-heals": ["delivered"],
    "gsm-module-ehlo": [],
    "headers-as-commands": ["refused"],
    "late-reply-after-timeout": ["duplicate-risk", "abandoned"],
    "late-reply-eaten-by-rset": ["duplicate-risk", "abandoned"],
    "late-reply-flushed": ["duplicate-risk", "delivered"],
    "late-reply-waited-for": ["delivered", "delivered"],
    "line-reader-loses-mail": ["lost"],
    "one-line-greeting": [],
    "one-reply-to-one-message": ["delivered", "delivered"],
    "pipelining-legal": ["delivered"],
    "pix-end-of-data-answered": ["delivered"],
    "pix-end-of-data-stall": ["abandoned"],
    "pipelining-unoffered": ["delivered"],
    "postal-2026": [],
    "postal-2026-patient": [],
    "refusal-learnt": ["refused"],
    "refused-chunk-runs": ["refused"],
    "refused-chunk-thrown-away": ["refused", "delivered"],
    "refused-data-respected": ["refused"],
    "segment-reader-ehlo": [["delivered", "duplicate-risk", "unknown"]],
    "segment-reader-one-write": ["delivered"],
    "sleep-between-commands": ["delivered"],
    "smuggled-message": ["delivered", "delivered"],
    "smuggling-withstood": ["delivered"],
    "split-command-one-reply": ["delivered"],
    "split-command-two-replies": ["abandoned"],
    "starttls-injected-commands": ["abandoned"],
    "starttls-injected-reply": [],
    "starttls-uninjected": [],
    "tarpit-read-correctly": [],
    "two-replies-to-one-message": ["delivered", "abandoned"],
    "unsolicited-421": ["delivered"],
    "unsolicited-421-drifts": ["delivered", "abandoned", "abandoned"],
}
"""What became of the messages; a list where the last word is the client's own."""


def codes(name):
    return {one.rule.code for one in findings(conversation(name))}


def drifted(name):
    return DRIFTED[name], conversation(name).reading


@pytest.mark.parametrize("name", DRIFTED)
class TestDrifted:
    def test_the_model(self, name):
        want, reading = drifted(name)
        assert want.model == reading.reader.model
        assert want.model not in reading.reader.candidates

    def test_onset_and_recovery(self, name):
        want, reading = drifted(name)
        assert reading.drift is not None
        assert (reading.drift.onset, reading.drift.recovered) == (want.onset, want.recovered)

    def test_what_set_it_off(self, name):
        want, reading = drifted(name)
        assert (reading.drift.cause, reading.drift.trigger) == (want.cause, want.trigger)

    def test_by_how_many_replies(self, name):
        want, reading = drifted(name)
        last = want.onset + len(want.believed)
        sizes = reading.shifts[want.onset : last]
        assert len(reading.shifts) == len(conversation(name).exchanges)
        assert {size for size in sizes if size is not None} == want.sizes
        # None only where no reply answers in truth.
        for exchange, size in zip(conversation(name).exchanges[want.onset : last], sizes, strict=True):
            assert size is not None or exchange.reply is None
        assert not any((*reading.shifts[: want.onset], *reading.shifts[last:]))

    def test_what_the_client_believed(self, name):
        want, reading = drifted(name)
        beliefs = reading.beliefs[want.onset : want.onset + len(want.believed)]
        assert None not in beliefs
        assert [belief.code for belief in beliefs] == want.believed

    def test_the_finding(self, name):
        want, _ = drifted(name)
        one = found(conversation(name), "SYNC201")
        assert (one.severity, one.certainty, one.evidence) == ("error", "consistent", ("content",))
        assert one.exchanges == (want.onset, want.onset + len(want.believed) - 1)
        assert (one.details["onset"], one.details["recovered"]) == (want.onset, want.recovered)
        assert one.details["cause"] == want.cause

    def test_whose_doing(self, name):
        want, _ = drifted(name)
        one = found(conversation(name), "SYNC201")
        if want.because is None:
            assert one.blame == "client"
        else:
            assert one.blame != "client"
            assert one.details["because"] == want.because


class TestBelievedOctets:
    def test_1999_took_the_rest_of_the_greeting_for_the_reply_to_helo(self):
        beliefs = conversation("ccnotes-1999").reading.beliefs
        stream = conversation("ccnotes-1999").connection.server_stream
        assert stream.slice(beliefs[1].start, beliefs[1].end) == b"rest of the greeting\r\n"
        assert stream.slice(beliefs[2].start, beliefs[2].end).startswith(b"250 smtp.tele.fi Hello")

    def test_where_it_heals_one_read_swallowed_both(self):
        one = conversation("greeting-split-heals")
        belief = one.reading.beliefs[1]
        assert (belief.start, belief.end) == (17, one.exchanges[1].reply.octets[1])

    def test_the_line_reader_took_rcpts_reply_for_that_to_the_message(self):
        one = conversation("line-reader-loses-mail")
        belief = one.reading.beliefs[5]
        assert (belief.start, belief.end) == one.exchanges[3].reply.octets
        assert one.exchanges[5].reply.code == 554

    def test_the_late_reply_was_taken_for_that_to_mail(self):
        one = conversation("late-reply-after-timeout")
        belief = one.reading.beliefs[6]
        assert (belief.start, belief.end) == one.exchanges[5].reply.octets

    def test_the_surplus_reply_was_taken_for_that_to_mail(self):
        one = conversation("two-replies-to-one-message")
        (surplus,) = one.unpaired
        belief = one.reading.beliefs[6]
        assert (belief.start, belief.end) == surplus.octets


@pytest.mark.parametrize("name", UNDECIDED)
def test_where_it_cannot_be_told_nothing_else_is_said(name):
    drift = conversation(name).reading.drift
    assert drift is None or drift.onset == UNDECIDED[name]
    assert all(
        one.certainty != "proved" for one in findings(conversation(name)) if one.rule.code == "SYNC201"
    )


@pytest.mark.parametrize("name", WHOLE)
def test_who_read_as_he_should_has_not_drifted(name):
    one = conversation(name)
    assert one.reading.drift is None
    assert not any(one.reading.shifts)
    assert "SYNC201" not in codes(name)


class TestModels:
    @pytest.mark.parametrize("name", [name for name in WHOLE if name != "sleep-between-commands"])
    def test_who_read_as_he_should_is_said_to(self, name):
        assert conversation(name).reading.reader.model == "whole-reply"

    def test_a_timer_waits_for_nothing(self):
        reader = conversation("sleep-between-commands").reading.reader
        assert "blind" in {reader.model, *reader.candidates}
        assert {reader.model, *reader.candidates} <= {"blind", "whole-reply"}

    def test_who_sent_a_group_that_was_not_offered_reads_properly_but_for_that(self):
        reader = conversation("pipelining-unoffered").reading.reader
        assert reader.model == "whole-reply"
        assert reader.exception

    def test_who_reads_properly_has_no_exception(self):
        for name in ("tarpit-read-correctly", "pipelining-legal", "late-reply-waited-for"):
            assert conversation(name).reading.reader.exception is None

    def test_who_reads_a_421_with_the_next_command_reads_properly(self):
        assert conversation("unsolicited-421").reading.reader.model == "whole-reply"

    @pytest.mark.parametrize("name", ["gsm-module-ehlo", "postal-2026"])
    def test_a_reader_of_segments_is_among_those_that_cannot_be_told_apart(self, name):
        reader = conversation(name).reading.reader
        assert "segment" in {reader.model, *reader.candidates}


class TestCost:
    @pytest.mark.parametrize("name", SAMPLES)
    def test_what_became_of_each_message(self, name):
        verdicts = [one.verdict for one in conversation(name).transactions]
        assert len(verdicts) == len(VERDICTS[name])
        for verdict, want in zip(verdicts, VERDICTS[name], strict=True):
            assert verdict in ([want] if isinstance(want, str) else want)

    def test_all_samples_are_known(self):
        assert set(VERDICTS) == set(SAMPLES)

    @pytest.mark.parametrize("name", SAMPLES)
    def test_mail_is_lost_in_one_sample_alone(self, name):
        assert ("SYNC204" in codes(name)) == (name == "line-reader-loses-mail")

    def test_the_lost_mail(self):
        (lost,) = conversation("line-reader-loses-mail").transactions
        assert (lost.outcome, lost.believed, lost.final_code) == ("refused", "accepted", 554)
        assert (lost.sender, [one.address for one in lost.recipients]) == (
            b"scanner@example.net",
            [b"anna@example.org"],
        )
        one = found(conversation("line-reader-loses-mail"), "SYNC204")
        assert (one.severity, one.certainty, one.blame) == ("error", "consistent", "client")

    @pytest.mark.parametrize(
        "name", ["late-reply-after-timeout", "late-reply-eaten-by-rset", "late-reply-flushed"]
    )
    def test_what_was_given_up_was_accepted(self, name):
        first = conversation(name).transactions[0]
        assert (first.outcome, first.final_code) == ("accepted", 250)
        assert first.believed != "accepted"
        one = found(conversation(name), "SYNC205")
        assert (one.severity, one.certainty) == ("warning", "consistent")

    def test_the_queue_id_is_read_off(self):
        assert conversation("late-reply-after-timeout").transactions[0].queue_id == b"4WxYz0200"

    def test_who_hangs_up_before_the_last_reply_may_deliver_twice(self):
        one = found(conversation("final-reply-too-late"), "SYNC205")
        assert one.severity == "warning"
        assert conversation("final-reply-too-late", 1).transactions[0].verdict == "delivered"

    @pytest.mark.parametrize(
        "name",
        ["final-reply-in-time", "late-reply-waited-for", "refusal-learnt", "refused-data-respected"],
    )
    def test_the_twins_are_clean(self, name):
        assert codes(name) == set()


class TestTextAsCommands:
    def test_the_header_ran_as_commands(self):
        one = found(conversation("headers-as-commands"), "SYNC202")
        assert (one.severity, one.certainty, one.blame) == ("error", "proved", "client")
        assert one.exchanges == (5, 14)

    def test_nothing_of_it_is_shown(self):
        shown = str(document(CAPTURES / "incidents" / "headers-as-commands.pcap"))
        assert "figures" not in shown
        assert "Mailer" not in shown

    @pytest.mark.parametrize("name", [name for name in SAMPLES if name != "headers-as-commands"])
    def test_nowhere_else(self, name):
        assert "SYNC202" not in codes(name)
