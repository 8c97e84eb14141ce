"""Lines of a message that read like commands: only their verbs may be shown."""

from judged import said

from desync.exchanges.privacy import shown_octets

HELLO = "S: 220 mx\nC: EHLO gw\nS: 250 mx\n"
DATA = HELLO + "C: MAIL FROM:<a@b>\nS: 250 ok\nC: RCPT TO:<c@d>\nS: 250 ok\nC: DATA\nS: 554 no\n"


def lines(text):
    """What may be shown of each line that is taken for one of a message."""
    one = said(text)
    return [
        one.exchanges[index].prompt.text[: shown_octets(one, one.exchanges[index])].decode()
        for index in sorted(one.text_lines)
    ]


def test_a_dialogue_has_none():
    assert lines(HELLO + "C: MAIL FROM:<a@b>\n+ RCPT TO:<c@d>\nS: 250 ok\n+ 250 ok") == []


def test_a_message_behind_a_refused_data_is_all_of_its_lines():
    text = DATA + "C: Subject: x\n+ VRFY the plan\n+ HELO there\n+ .\nS: 500 a\n+ 252 b\n+ 250 c\n+ 500 d"
    assert lines(text) == ["", "VRFY ", "HELO ", ""]


def test_what_follows_a_line_that_is_no_command_in_its_segment_is_text():
    text = "C: what is this\n+ VRFY the plan\n+ .\n+ NOOP\nS: 500 a\n+ 252 b\n+ 500 c\n+ 250 d"
    assert lines(HELLO + text) == ["VRFY ", ""]


def test_a_command_that_begins_a_segment_is_one_again():
    assert lines(HELLO + "C: what\nC: MAIL FROM:<a@b>\nS: 500 what\n+ 250 ok") == []


def test_a_line_sent_after_the_reply_was_read_is_a_command():
    assert lines(HELLO + "C: XSTAT\nS: 500 what\nC: VRFY anna\nS: 252 perhaps") == []


def test_the_name_of_a_client_is_never_from_a_message():
    text = DATA + "C: Subject: x\n+ HELO there\n+ .\nS: 500 a\n+ 250 b\n+ 500 c"
    assert said(text).name == b"gw"


def test_no_sender_and_no_recipient_is_from_a_message():
    text = "C: Subject: x\n+ MAIL FROM:<anna@b>\n+ RCPT TO:<bert@b>\n+ .\n"
    found = said(f"{DATA}{text}S: 500 a\n+ 250 b\n+ 250 c\n+ 500 d").transactions
    assert b"anna@b" not in [one.sender for one in found]
    assert b"bert@b" not in [box.address for one in found for box in one.recipients]
