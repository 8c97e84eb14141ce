"""What is kept of a connection: all that may be printed, nothing private."""

import pickle

import numpy as np
import pytest
from judged import findings, said

from desync.analysis.keep_record import brief_of, record_of, shown_text
from desync.analysis.texts import text_of
from desync.tcp.pair_keys import KEY

HELLO = "S: 220 mx\nC: EHLO gw\nS: 250-mx\n+ 250 AUTH LOGIN\n"
SECRETS = HELLO + (
    "C: AUTH LOGIN\nS: 334 VXNlcm5hbWU6\nC: YW5uYQ==\nS: 334 UGFzc3dvcmQ6\nC: c2VjcmV0\n"
    "S: 535 no anna with secret\n"
    "C: AUTH PLAIN AGFubmEAc2VjcmV0\nS: 535 no\n"
    "C: DATA\nS: 503 no\nC: Subject: dismissal of Bert\n+ + dismissal follows\n+ .\n"
    "S: 500 dismissal unrecognized\n+ 500 what\n+ 500 what\n"
    "C: DATA\nS: 354 go\nC: Subject: another dismissal\n+\n+ text\n+ .\nS: 250 kept\nC: QUIT\nS: 221 bye"
)


def brief(conversation):
    return brief_of(conversation, np.zeros((), dtype=KEY), findings(conversation), depends=False)


def record(conversation):
    return record_of(conversation, findings(conversation))


@pytest.mark.parametrize(
    "private", [b"anna", b"secret", b"YW5uYQ", b"c2VjcmV0", b"AGFubmEA", b"ismissal", b"Subject", b"Bert"]
)
def test_nothing_private_is_kept_anywhere(private):
    one = said(SECRETS)
    assert private not in pickle.dumps((record(one), brief(one)))


def test_lengths_stand_in_its_place():
    one = said(HELLO + "C: AUTH LOGIN\nS: 334 VXNlcm5hbWU6\nC: YW5uYQ==\nS: 535 no")
    assert [shown_text(one, each) for each in one.exchanges] == [None, "EHLO gw", "AUTH LOGIN", "<8 octets>"]
    one = said(HELLO + "C: DATA\nS: 354 go\nC: text\n+ .\nS: 250 ok")
    assert shown_text(one, one.exchanges[-1]) == "<9 octets>"


def test_senders_and_recipients_are_kept():
    one = said(HELLO + "C: MAIL FROM:<anna@example.net>\nS: 250 anna@example.net ok")
    assert record(one).exchanges[2].text == "MAIL FROM:<anna@example.net>"
    assert record(one).exchanges[2].reply.text == ("anna@example.net ok",) or record(one).exchanges[
        2
    ].reply.text == ("250 anna@example.net ok",)


def test_octets_become_text_without_an_exception():
    assert text_of(b"gr\xc3\xbcn") == "gr\u00fcn"
    assert text_of(b"gr\xfcn") == "gr\\xfcn"
    assert text_of(bytes(range(256))).isprintable() is False


class TestBrief:
    def test_of_a_clean_connection(self):
        one = brief(said("S: 220 mx.example.org\nC: EHLO gw\nS: 250 mx\nC: QUIT\nS: 221 bye"))
        assert (one.clean, one.misread, one.proved, one.split, one.codes) == (True, False, False, False, ())
        assert (one.name, one.order) == ("gw", (0, 1))
        assert "mx.example.org" in one.banner

    def test_of_a_misread(self):
        one = brief(said("S: 220 \\\nC: EHLO gw\nS[unprompted +10ms]: mx\nS[after EHLO]: 250 mx"))
        assert (one.clean, one.misread, one.proved, one.split, one.cured) == (False, True, True, True, True)

    def test_of_a_note_alone_it_is_clean(self):
        one = brief(said("S: 220 \\\nS[unprompted +10ms]: mx\nC: EHLO gw\nS: 250 mx"))
        assert (one.clean, one.split, dict(one.codes)) == (True, True, {"REPLY301": 1})

    def test_names_and_banners_are_bounded(self):
        one = brief(said(f"S: 220 {'x' * 900}\nC: EHLO {'y' * 400}\nS: 250 mx"))
        assert len(one.name) <= 258
        assert len(one.banner) <= 258

    def test_identity_needs_both_initial_numbers(self):
        assert brief(said("S: 220 mx\nC: QUIT")).identity is not None
        assert brief(said("S: 220 mx\nC: QUIT", handshake=False)).identity is None


def test_values_travel():
    one = said(SECRETS)
    assert pickle.loads(pickle.dumps(record(one))) == record(one)  # noqa: S301 - written in the same line
