import pytest

from desync.report.evidence import masks
from desync.smtp.command import looks_like_command, read_command


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"Sekret text\r\n", b"###########\r\n"),
        (b"..two dots\r\n.\r\n", b"..########\r\n.\r\n"),
        (b"a.b\n.\nc\r.\rd\0.\0\r\n", b"###\n.\n#\r.\r#\0#\0\r\n"),
        (b"x\n\0.\0\r\n", b"#\n\0.\0\r\n"),
        (b"quit\r\nQUIT now\r\n", b"quit\r\n########\r\n"),
        (b"MAIL FROM:<a@b.example> SIZE=12\r\n", b"MAIL FROM:<###########> zzzz=zz\r\n"),
        (
            b"RCPT TO:a@b\r\nEHLO me you\r\nBDAT 12 LAST\r\n",
            b"RCPT TO:###\r\nEHLO ## ###\r\nBDAT 12 LAST\r\n",
        ),
        (b"Data we have\r\n", b"############\r\n"),
        (b"\xff\xfe\x80", b"###"),
    ],
)
def test_mail_data(before, after):
    assert masks.mask_data(before) == after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"Subject: Sekret", b"#######:#######"),
        (b"Subject \t: Sekret", b"####### \t:#######"),
        (b"two words", b"#########"),
        (b"c2VrcmV0Cg==", b"zzzzzzzzzzzz"),
        (b"XXXX gw.example.net", b"XXXX ##############"),
        (b"GET /sekret HTTP/1.1", b"GET ################"),
        (b"SSH-2.0-sekret", b"SSH-##########"),
        (b".", b"."),
        (b"  \t", b"  \t"),
        (b"bare\rreturn", b"####\r######"),
    ],
)
def test_lines_that_are_no_command_keep_what_findings_rest_on(before, after):
    assert masks.mask_line(before) == after
    assert read_command(after).verb is None


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"MAIL sekret", b"MAIL ######"),
        (b"quit sekret", b"quit ######"),
        (b"HELO a b c d e f", b"HELO " + b"\xa4" * 11),
        (b"AUTH PLAIN AHNla3JldA==", b"AUTH PLAIN ############"),
        (b"AUTH PLAIN =", b"AUTH PLAIN ="),
        (b"NOOP FROM:<sekret@example.net>", b"NOOP FROM:<###################"),
        (b"NOOP gw.example.net", b"NOOP zz.zzzzzzz.zzz"),
        (b"NOOP   ", b"NOOP   "),
        (b"BDAT many", b"BDAT ####"),
    ],
)
def test_an_argument_that_may_be_anything_stays_wrong(before, after):
    command = read_command(before)
    assert masks.mask_argument(command, command.shown) == after
    if command.verb not in ("AUTH", "NOOP"):
        assert looks_like_command(before) is looks_like_command(after) is False


@pytest.mark.parametrize("text", [b"*", b"=", b""])
def test_an_answer_that_says_nothing_stays(text):
    assert masks.mask_auth(text) == text


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"500 5.5.2 Sekret?", b"500 #############"),
        (b"250-Sekret", b"250-######"),
        (b"334 ", b"334 "),
        (b"250", b"250"),
        (b"2500 Sekret", b"250z#######"),
        (b"Sekret", b"######"),
        (b'500 "XXXX" unknown', b"500 #XXXX#########"),
        (b"500 a\0b", b"500 #\0#"),
    ],
)
def test_replies_keep_their_codes(before, after):
    assert masks.mask_reply(before) == after


def test_a_private_reply_to_ehlo_says_what_is_offered():
    lines = [b"250-PIPELINING", b"250-SIZE 1000", b"250-XXXXXXXA", b"250-AUTH=LOGIN", b"250 SEKRET"]
    assert [masks.mask_reply(line, keyword=True) for line in lines] == [
        b"250-PIPELINING",
        b"250-SIZE ####",
        b"250-XXXXXXXA",
        b"250-##########",
        b"250 ######",
    ]


def test_what_a_server_said_is_overwritten_line_by_line():
    assert masks.mask_replies(b"250 a\r\n250-b\n501 c") == b"250 #\r\n250-#\n501 #"
