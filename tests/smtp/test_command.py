import pytest
from hypothesis import given
from hypothesis import strategies as st

from desync.smtp.command import GROUPABLE, HELLOS, SYNTAX, VERBS, looks_like_command, read_command

COMPLETE = [
    b"EHLO gw.example.net",
    b"HELO [192.0.2.17]",
    b"LHLO gw.example.net",
    b"MAIL FROM:<>",
    b"MAIL FROM:<a@example.net> SIZE=1000 BODY=8BITMIME",
    b"mail from:<a@example.net>",
    b"MAIL FROM: <a@example.net>",
    b"RCPT TO:<b%c@example.org>",
    b"RCPT TO:<b@example.org> NOTIFY=SUCCESS,FAILURE ORCPT=rfc822;b@example.org",
    b"DATA",
    b"data ",
    b"RSET",
    b"NOOP",
    b"QUIT",
    b"STARTTLS",
    b"VRFY postmaster",
    b"ETRN example.org",
    b"XFORWARD NAME=mx.example.net ADDR=192.0.2.17",
    b"BDAT 86",
    b"BDAT 0 LAST",
]

MAIL_TEXT = [
    b"Data that we collected last year",
    b"Help me with this",
    b"Mail me the form",
    b"Quit smoking today",
    b"From: Alice <alice@example.net>",
    b"Subject: MAIL FROM:<a@example.net>",
    b"bdat is the command",
    b"RCPT is short for recipient",
    b"Turn left at the corner",
    b".",
    b"",
    b"MAILFROM:<a@example.net>",
]


@pytest.mark.parametrize("line", COMPLETE)
def test_a_command_in_full_syntax_may_be_shown(line):
    command = read_command(line)
    assert command.verb == line.split(b" ")[0].upper().decode()
    assert command.argument == line.partition(b" ")[2]
    assert command.shown == len(line)
    assert looks_like_command(line)


@pytest.mark.parametrize("line", MAIL_TEXT)
def test_mail_text_hardly_looks_like_a_command(line):
    assert not looks_like_command(line)
    # What may be shown of it is at most a verb and the blank behind it.
    assert line[: read_command(line).shown].strip().upper().decode() in VERBS | {""}


def test_an_unknown_verb_shows_nothing():
    command = read_command(b"XYZZY secret")
    assert (command.verb, command.argument, command.shown) == (None, b"secret", 0)


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        (b"AUTH PLAIN AGEAcGFzc3dvcmQ=", b"AUTH PLAIN"),
        (b"auth cram-md5", b"auth cram-md5"),
        (b"AUTH LOGIN", b"AUTH LOGIN"),
        (b"AUTH AGEAcGFzc3dvcmQ=", b"AUTH "),
        (b"AUTH " + b"A" * 40, b"AUTH "),
        (b"AUTH  PLAIN AGEA", b"AUTH "),
        (b"AUTH", b"AUTH"),
    ],
)
def test_of_auth_only_the_mechanism_is_shown(line, shown):
    command = read_command(line)
    assert (command.verb, line[: command.shown]) == ("AUTH", shown)
    # Who names a mechanism authenticates; message text hardly does.
    assert looks_like_command(line) is (len(shown) > len(b"AUTH "))


@pytest.mark.parametrize(
    ("line", "chunk", "last"),
    [
        (b"BDAT 86", 86, False),
        (b"bdat 86 last", 86, True),
        (b"BDAT 0 LAST", 0, True),
        (b"BDAT 9999999999999999999 LAST", 9999999999999999999, True),
    ],
)
def test_bdat_announces_its_octets(line, chunk, last):
    command = read_command(line)
    assert (command.verb, command.chunk, command.last) == ("BDAT", chunk, last)


@pytest.mark.parametrize(
    "line", [b"BDAT", b"BDAT x", b"BDAT -1", b"BDAT 86 FIRST", b"BDAT " + b"9" * 20, b"BDAT 8.6"]
)
def test_a_bdat_without_a_number_announces_nothing(line):
    assert (read_command(line).verb, read_command(line).chunk) == ("BDAT", None)


def test_blanks_before_the_verb_are_not_part_of_it():
    assert read_command(b" \tQUIT").verb == "QUIT"
    assert read_command(b"QUIT\r").verb == "QUIT"


@pytest.mark.parametrize(
    "line", [b"QU\xcdT", "\u017fEND FROM:<a@b>".encode(), b"Q\x00UIT", b"QUIT\x00", b"\x16\x03\x01"]
)
def test_octets_that_are_no_verb(line):
    assert read_command(line).verb is None


def test_the_tables():
    assert sorted(GROUPABLE) == [
        "BDAT",
        "BURL",
        "HELP",
        "MAIL",
        "RCPT",
        "RSET",
        "SAML",
        "SEND",
        "SOML",
        "XFORWARD",
    ]
    assert GROUPABLE | HELLOS <= VERBS
    assert set(SYNTAX) <= VERBS
    assert all(verb.isascii() and verb.isupper() for verb in VERBS)


lines = st.binary(max_size=60) | st.tuples(
    st.sampled_from(sorted(VERBS)),
    st.sampled_from([" ", "  ", "\t", "", " FROM:<", " TO:"]),
    st.text(max_size=40),
).map(lambda parts: "".join(parts).encode())


@given(lines)
def test_nothing_makes_it_raise(line):
    command = read_command(line)
    assert 0 <= command.shown <= len(line)
    assert command.verb is None or command.verb in VERBS
    assert command.verb is not None or command.shown == 0
    assert line.endswith(command.argument)
    assert looks_like_command(line) in (True, False)


@pytest.mark.parametrize(
    "line",
    [
        b"MAIL FROM:<" + b"a" * 50_000,
        b"RCPT TO:<a>" + b" A=" * 20_000,
        b"BDAT 1" + b" " * 50_000 + b"x",
        b"EHLO " + b"a " * 50_000,
        b"NOOP" + b" " * 50_000 + b"x",
    ],
    ids=lambda line: line[:4].decode(),
)
def test_long_lines_do_not_go_on_for_ever(line):
    # An expression that tries all ways to part the blanks would take hours.
    assert not looks_like_command(line)


@pytest.mark.parametrize("line", [b"MAIL", b"Rcpt ", b"BDAT", b"EHLO", b"VRFY"])
def test_a_verb_that_lacks_its_argument_is_not_in_full_syntax(line):
    assert not looks_like_command(line)
