"""Message text and credentials are shown nowhere: DESIGN.md, section 5."""

from judged import said

from desync.exchanges.privacy import private_replies, shown_octets

HELLO = "S: 220 mx\nC: EHLO gw\nS: 250 mx\n"


def shown(conversation, index):
    one = conversation.exchanges[index]
    return one.prompt.text[: shown_octets(one)]


def hidden(conversation):
    return [b" ".join(line.text for line in reply.lines) for reply in private_replies(conversation)]


def test_a_command_is_shown():
    assert shown(said(HELLO + "C: MAIL FROM:<a@b> SIZE=10\nS: 250 ok"), 2) == b"MAIL FROM:<a@b> SIZE=10"


def test_of_auth_the_mechanism_alone_is_shown():
    one = said(HELLO + "C: AUTH PLAIN AGFubmEAc2VjcmV0\nS: 235 welcome")
    assert shown(one, 2) == b"AUTH PLAIN"


def test_an_answer_to_a_challenge_is_not():
    one = said(
        HELLO + "C: AUTH LOGIN\nS: 334 VXNlcm5hbWU6\nC: YW5uYQ==\nS: 334 UGFzc3dvcmQ6\nC: c2VjcmV0\nS: 235 ok"
    )
    assert [shown(one, index) for index in (3, 4)] == [b"", b""]


def test_message_text_run_as_commands_is_not():
    one = said(
        HELLO + "C: DATA\nS: 503 no\nC: Subject: the plan\n+ mail me the plan\nS: 500 what\n+ 500 what"
    )
    assert shown(one, 3) == b""
    assert b"plan" not in shown(one, 4)


def test_a_reply_that_quotes_private_text_is_private():
    one = said(
        HELLO
        + (
            "C: DATA\nS: 503 no\nC: Confidential: yes\n+ dismissal\n"
            "S: 500 Confidential unrecognized\n+ 500 5.5.1 (DISMISSAL)\nC: QUIT\nS: 221 bye"
        )
    )
    assert len(hidden(one)) == 2


def test_a_reply_that_decodes_a_credential_is_private():
    one = said(HELLO + "C: AUTH PLAIN AGFubmEAc2VjcmV0\nS: 535 no such user anna")
    assert hidden(one) == [b"no such user anna"]


def test_other_replies_are_not():
    one = said(HELLO + "C: MAIL FROM:<anna@example.net>\nS: 250 anna@example.net ok\nC: QUIT\nS: 221 bye")
    assert hidden(one) == []


def test_what_base64_had_to_be_padded_for_is_private_too():
    one = said(
        HELLO + "C: AUTH LOGIN\nS: 334 VXNlcm5hbWU6\nC: YW5uYQ==\nS: 334 UGFzc3dvcmQ6\nC: bWVsbG8=\n"
        "S: 535 anna is not mello"
    )
    assert hidden(one) == [b"anna is not mello"]
    one = said(HELLO + "C: AUTH LOGIN\nS: 334 VXNlcm5hbWU6\nC: YW5uYQ==\nS: 535 no anna here")
    assert hidden(one) == [b"no anna here"]
