"""Message text and credentials are shown nowhere: DESIGN.md, section 5."""

from judged import said

from desync.exchanges.privacy import private_replies, shown_octets

HELLO = "S: 220 mx\nC: EHLO gw\nS: 250 mx\n"


def shown(conversation, index):
    one = conversation.exchanges[index]
    return one.prompt.text[: shown_octets(conversation, one)]


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


def test_a_challenge_is_private_but_for_what_everybody_is_asked():
    one = said(
        HELLO + "C: AUTH CRAM-MD5\nS: 334 PDE4OTYubWVsbG8=\nC: YW5uYSBiOTEz\nS: 535 1896.mello says no"
    )
    assert hidden(one) == [b"PDE4OTYubWVsbG8="]
    one = said(HELLO + "C: AUTH LOGIN\nS: 334 VXNlcm5hbWU6\nC: YW5uYQ==\nS: 535 no")
    assert hidden(one) == []


def test_an_answer_behind_a_refused_auth_is_a_credential():
    one = said(HELLO + "C: AUTH LOGIN\nS: 504 no\nC: YW5uYW1hcmlh\nS: 250 welcome annamaria")
    assert hidden(one) == [b"welcome annamaria"]


def test_a_credential_in_the_place_of_a_mechanism_is_hidden():
    assert shown(said(HELLO + "C: AUTH c2VjcmV0\nS: 504 no"), 2) == b"AUTH "
    for mechanism in ("PLAIN", "plain", "Login", "SCRAM-SHA-256"):
        one = said(HELLO + f"C: AUTH {mechanism}\nS: 504 no")
        assert shown(one, 2).decode() == f"AUTH {mechanism}"


def test_an_agreeable_server_may_quote_too():
    one = said(HELLO + "C: NOOP dismissal\nS: 250 2.0.0 dismissal is fine\nC: QUIT\nS: 221 2.0.0 bye")
    assert hidden(one) == [b"2.0.0 dismissal is fine"]


def test_words_that_had_been_said_in_public_are_not_private():
    one = said(
        "S: 220 mx.example.org ready\nC: EHLO gw\nS: 250 mx.example.org\n"
        "C: Received: from gw by mx.example.org\nS: 500 what\nC: QUIT\nS: 221 mx.example.org closing"
    )
    assert hidden(one) == []


def test_a_quotation_that_was_cut_is_recognised():
    one = said(HELLO + "C: c3VwZXJzZWNyZXRwYXNzd29yZA==\nS: 500 unknown: c3VwZXJzZWNy...")
    assert len(hidden(one)) == 1
