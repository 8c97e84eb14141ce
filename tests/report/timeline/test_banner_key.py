"""The key of a banner: what a new session changes is not in it, what a new version changes is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desync.report.timeline.banner_key import banner_key, skeleton

SAME = [
    (
        "220 smtp.tele.fi ZMailer Server 2.99.51-s5 #1 ESMTP ready at Mon, 2 Aug 1999 09:14:33 +0300",
        "220 smtp.tele.fi ZMailer Server 2.99.51-s5 #1 ESMTP ready at Tue, 31 Aug 1999 23:59:01 +0300",
        "220 smtp.tele.fi ZMailer Server 2.99.51-s5 #1 ESMTP",
    ),
    (
        "220 mx.example.org ESMTP Sendmail 8.12.3/8.12.3; Mon, 2 Aug 1999 09:14:33 +0300 (EET DST)",
        "220 mx.example.org ESMTP Sendmail 8.12.3/8.12.3; Sun, 11 Jan 2004 10:00:00 GMT",
        "220 mx.example.org ESMTP Sendmail 8.12.3/8.12.3",
    ),
    (
        "220 mx ESMTP Sendmail 8.14.4/8.14.4/Debian-8+deb8u2; Mon Aug  2 09:14:33 EEST 1999",
        "220 mx ESMTP Sendmail 8.14.4/8.14.4/Debian-8+deb8u2; Tue Dec 12 19:14:33 EET 2000",
        "220 mx ESMTP Sendmail 8.14.4/8.14.4/Debian-8+deb8u2",
    ),
    (
        "220 x Microsoft ESMTP MAIL Service, Version: 6.0.3790.3959 ready at  Mon, 2 Aug 2004 09:14:33 +0200",
        "220 x Microsoft ESMTP MAIL Service, Version: 6.0.3790.3959 ready at  Fri, 6 Aug 2004 01:02:03 +0200",
        "220 x Microsoft ESMTP MAIL Service, Version: 6.0.3790.3959",
    ),
    (
        "220 mx.google.com ESMTP d2e1a72fcca58-6f8d2b5e123si1234567b3a.45 - gsmtp",
        "220 mx.google.com ESMTP a92af1059eb24-7c11ddc3122si9876543c88.7 - gsmtp",
        "220 mx.google.com ESMTP - gsmtp",
    ),
    (
        "220 outlook.com Microsoft ESMTP MAIL Service ready at Mon, 2 Aug 2021 09:14:33 +0000 [08D954A0]",
        "220 outlook.com Microsoft ESMTP MAIL Service ready at Tue, 3 Aug 2021 19:14:33 +0000 [08D954FF]",
        "220 outlook.com Microsoft ESMTP MAIL Service",
    ),
    (
        "220 mx ESMTP <1896.697170952@dbc.mtview.ca.us>",
        "220 mx ESMTP <1897.697170999@dbc.mtview.ca.us>",
        "220 mx ESMTP",
    ),
    ("220 mx ready 1999-08-02T09:14:33.123Z", "220 mx ready 2001-12-31T23:00:00Z", "220 mx ready"),
    ("220 mx smtpd[4711] ready", "220 mx smtpd[12] ready", "220 mx smtpd ready"),
    ("220 mx ready (pid 4711)", "220 mx ready (pid 9)", "220 mx ready"),
    ("220 mx ESMTP 933578073", "220 mx ESMTP 933578074", "220 mx ESMTP"),
    (
        "220-mx ESMTP Exim 4.96 Mon, 02 Aug 1999 10:00:00 +0000",
        "220-mx ESMTP Exim 4.96",
        "220-mx ESMTP Exim 4.96",
    ),
]

DIFFERENT = [
    ("220 mx ZMailer Server 2.99.51-s5 #1 ESMTP", "220 mx ZMailer Server 2.99.51-patch1pre #1 ESMTP"),
    ("220 mx ESMTP Exim 4.96", "220 mx ESMTP Exim 4.96.1"),
    ("220 mx ESMTP Exim 4.96 #1", "220 mx ESMTP Exim 4.96 #2"),
    ("220 mx ESMTP Postfix (Release-20010228)", "220 mx ESMTP Postfix (Release-20020613)"),
    ("220 mx1.example.net ESMTP", "220 mx2.example.net ESMTP"),
    ("220 BN3NAM01FT026.example.com ESMTP", "220 BN3NAM01FT027.example.com ESMTP"),
    ("220 mx Lotus Domino Release 6.5.4", "220 mx Lotus Domino Release 6.5.5"),
    ("220 mx Sun Internet Mail Server", "220 mx Internet Mail Server"),
    ("220 mx ESMTP", "220-mx ESMTP"),
]


@pytest.mark.parametrize(("one", "other", "key"), SAME)
def test_what_a_session_changes_is_left_out(one, other, key):
    assert banner_key(one) == banner_key(other) == key


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_what_a_version_changes_stays(one, other):
    assert banner_key(one) != banner_key(other)


@given(st.text(max_size=300))
def test_any_text_has_a_key_that_is_its_own_key(text):
    key = banner_key(f"220 mx {text}")
    assert key.startswith("220 ")
    banner_key(text)
    skeleton(text)
    assert not any(character.isdigit() for character in skeleton(f"220 mx {text}")[4:])


@pytest.mark.parametrize("text", ["", "2", "220", "220 ", "220  ", "220-", "   "])
def test_next_to_nothing_has_a_key(text):
    assert banner_key(text).strip() == text.strip().rstrip("-")
