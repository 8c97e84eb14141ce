import pytest

from desync.exchanges.mail_paths import path_of
from desync.smtp.command import read_command


@pytest.mark.parametrize(
    ("line", "path"),
    [
        (b"MAIL FROM:<a@b>", b"a@b"),
        (b"mail from:<a@b> SIZE=1000 BODY=8BITMIME", b"a@b"),
        (b"MAIL FROM:<>", b""),
        (b"MAIL FROM: <a@b>", b"a@b"),
        (b"RCPT TO:a@b", b"a@b"),
        (b"RCPT TO:<@c,@d:a@b> NOTIFY=NEVER", b"@c,@d:a@b"),
        (b"RCPT TO:<a%b@c>", b"a%b@c"),
    ],
)
def test_a_path_is_read_without_its_brackets(line, path):
    assert path_of(read_command(line)) == path


@pytest.mark.parametrize(
    "line", [b"MAIL from your friend, with the secret", b"RCPT", b"DATA", b"Subject: x", b"MAIL FROM:<a b>"]
)
def test_what_may_be_message_text_is_no_path(line):
    assert path_of(read_command(line)) is None


def test_no_command_has_no_path():
    assert path_of(None) is None
