"""Whether one write per reply would have spared a client: DESIGN.md, section 3.7."""

from dataclasses import replace

import pytest
from build import segments_capture
from judged import found, heard, played, said

from desync.exchanges.reading import UNREAD, Reader, Reading
from desync.findings.cure import cure_of_misread, cure_of_split, written_together


def greeted(*pieces):
    """A connection whose greeting left in these pieces, 10 ms apart, before the client spoke."""
    first, *others = [f"{piece}\\" for piece in pieces[:-1]] + [pieces[-1]]
    return said(
        f"S: {first}\n" + "".join(f"S[unprompted +10ms]: {piece}\n" for piece in others) + "C: QUIT\n"
    )


def reads(conversation, model, *candidates):
    reader = Reader(model, candidates, None if model is None else 1.0, None)
    return replace(conversation, reading=Reading(reader))


def cure(conversation, how="writes", held="fragment"):
    return cure_of_misread(conversation, conversation.greeting, how, held)


SPLIT = greeted("220 mx", " ready")


class TestModel:
    @pytest.mark.parametrize(
        ("models", "wanted"),
        [
            (["segment"], "yes"),
            (["line"], "no"),
            (["blind"], "no"),
            (["whole-reply"], "no"),
            (["segment", "line"], "unknown"),
            (["line", "segment"], "unknown"),
            (["whole-reply", "blind"], "no"),
        ],
    )
    def test_decides_where_the_reply_fits(self, models, wanted):
        assert cure(reads(SPLIT, *models))[0] == wanted

    def test_not_known_leaves_it_to_what_was_held(self):
        unread = replace(SPLIT, reading=UNREAD)
        assert cure(unread)[0] == "yes"
        assert cure(unread, held="lines") == (
            "unknown",
            "it would have if the client takes each segment for a reply, not if it takes each line for one",
        )

    def test_does_not_matter_where_the_reply_does_not_fit(self):
        long = reads(greeted("220 " + "x" * 1000, "x" * 1000), "segment", "line")
        assert cure(long) == ("no", "the reply is longer than one segment")


class TestLength:
    def test_one_write_would_have_done(self):
        assert cure(reads(SPLIT, "segment")) == ("yes", "the reply has 14 octets, a segment holds 1460")

    def test_not_where_it_was_cut_at_the_segment_size(self):
        assert cure(reads(SPLIT, "segment"), how="mss")[0] == "no"

    def test_unknown_where_the_capture_does_not_show_the_segment_size(self):
        sent = played("S: 220 m\\\nS[unprompted]: x\nC: QUIT")[2:]
        assert cure(reads(heard(segments_capture(sent)), "segment"))[0] == "unknown"

    def test_the_last_octet_that_fits(self):
        for count, wanted in ((1460, "yes"), (1461, "no")):
            one = greeted("220 mx", "x" * (count - 8))
            assert one.greeting.octets == (0, count)
            assert cure(reads(one, "segment"))[0] == wanted

    def test_not_where_it_is_longer_than_a_buffer(self):
        one = reads(greeted("220 mx", "x" * 9000), "segment")
        handshake = one.connection.handshake._replace(client_mss=65495)
        one = replace(one, connection=one.connection._replace(handshake=handshake))
        assert cure(one) == ("no", "the reply is longer than a buffer of 8192 octets")

    def test_the_options_of_a_segment_take_room(self):
        rows = SPLIT.connection.rows
        payload = [at + 12 if rows.length[row] else at for row, at in enumerate(rows.payload)]
        connection = SPLIT.connection._replace(rows=replace(rows, payload=payload))
        assert "holds 1448" in cure(reads(replace(SPLIT, connection=connection), "segment"))[1]


GROUP = (
    "S: 220 mx\nC: EHLO gw\nS: 250-mx\n+ 250 PIPELINING\nC: MAIL FROM:<a@b>\n+ RCPT TO:<c@d>\n+ DATA\n"
    "S: 250 {}\n+ 250 b\\\nS[unprompted +10ms]: c\n+ 354 go\nC: x\n+ .\nS: 250 kept\nC: QUIT\nS: 221 bye"
)


class TestGroup:
    def test_replies_that_share_segments_were_written_together(self):
        one = said(GROUP.format("a"))
        mail, rcpt, data = (one.exchanges[index].reply for index in (2, 3, 4))
        assert written_together(one, rcpt) == (mail.octets[0], data.octets[1])
        assert written_together(one, one.greeting) == one.greeting.octets

    def test_a_group_that_is_longer_than_a_segment_is_not_kept_whole(self):
        short, long = (reads(said(GROUP.format(text)), "segment") for text in ("a", "a" * 1440))
        assert cure_of_misread(short, short.exchanges[3].reply, "writes", "fragment")[0] == "yes"
        assert cure_of_misread(long, long.exchanges[3].reply, "writes", "fragment") == (
            "no",
            "the group of replies is longer than one segment",
        )

    def test_the_rest_of_a_reply_and_the_next_one_are_no_group(self):
        one = said(
            "S: 220 \\\nC: HELO gw\nS[after HELO]: mx\n+ 250 mx\nC: QUIT\nS: 221 bye\nclose",
        )
        assert written_together(one, one.greeting) == one.greeting.octets


class TestFindings:
    def test_a_misread_says_what_would_have_cured_it(self):
        text = "S: 220 \\\nC: EHLO gw\nS[unprompted +10ms]: mx\nS[after EHLO]: 250 mx\nC: QUIT\nS: 221 bye"
        one = said(text)
        assert found(reads(one, "segment"), "SYNC102").details["cure"] == "yes"
        details = found(reads(one, "line"), "SYNC102").details
        assert (details["cure"], details["why"]) == (
            "no",
            "a client that takes each line for a reply misreads a whole reply too",
        )

    def test_a_split_is_judged_by_itself_unless_the_client_misreads_whole_replies(self):
        assert found(reads(SPLIT, "whole-reply"), "REPLY301").details["cure"] == "yes"
        assert found(reads(SPLIT, "line"), "REPLY301").details["cure"] == "no"
        assert cure_of_split(reads(SPLIT, None), SPLIT.greeting, "mss")[0] == "no"
