import pytest
from hypothesis import given
from hypothesis import strategies as st
from smtp.spoken import grown, holed, stream

from desync.smtp.client import END_OF_DATA, first_verb, nonstandard_ends, read_prompt
from desync.smtp.prompt import Phase

COMMAND, DATA, AUTH = Phase.COMMAND, Phase.MAIL_DATA, Phase.AUTH


def read(*parts, offset=0, phase=COMMAND, **how):
    return read_prompt(stream(*parts, **how), offset, phase)


def place(prompt):
    return prompt.kind, prompt.start, prompt.end, prompt.terminated


@pytest.mark.parametrize("trailing", [b"", b"QUIT\r\n", b"junk", b"\x00"])
def test_a_command(trailing):
    prompt = read(b"MAIL FROM:<a@example.net>\r\n" + trailing)
    assert place(prompt) == ("command", 0, 27, True)
    assert (prompt.verb, prompt.text, prompt.whole) == ("MAIL", b"MAIL FROM:<a@example.net>", True)


def test_a_command_octet_by_octet():
    *growing, last = grown(b"RSET\r\n")
    assert read_prompt(growing[0], 0, COMMAND) is None
    for one in growing[1:]:
        assert place(read_prompt(one, 0, COMMAND)) == ("command", 0, one.length, False)
    assert place(read_prompt(last, 0, COMMAND)) == ("command", 0, 6, True)


def test_an_unknown_verb_and_an_empty_line_are_commands():
    assert place(read(b"XYZZY\r\n")) == ("command", 0, 7, True)
    assert read(b"XYZZY\r\n").verb is None
    assert place(read(b"\r\nQUIT\r\n")) == ("command", 0, 2, True)


@pytest.mark.parametrize("phase", Phase)
def test_nothing_more(phase):
    assert read(b"QUIT\r\n", offset=6, phase=phase) is None
    assert read(phase=phase) is None


@pytest.mark.parametrize("phase", [Phase.STARTTLS, Phase.TURNED])
def test_what_looks_like_commands_behind_starttls_is_read_so(phase):
    assert read(b"EHLO again\r\n", phase=phase).verb == "EHLO"


@pytest.mark.parametrize("text", [b"QUIT", b"*", b"", b"AGEAcGFzc3dvcmQ="])
def test_an_auth_response_is_a_line_whatever_it_says(text):
    prompt = read(text + b"\r\n", phase=AUTH)
    assert place(prompt) == ("auth", 0, len(text) + 2, True)
    assert prompt.command is None


@pytest.mark.parametrize(
    ("octets", "end"),
    [
        (b"Subject: one\r\n\r\ntext\r\n.\r\n", 25),
        (b".\r\n", 3),
        (b"\r\n.\r\n", 5),
        (b"..\r\n.\r\n", 7),
        (b"a\r\n.x\r\n\r\n.\r\n", 12),
        (b"QUIT\r\nRSET\r\n.\r\n", 15),
        (b"a\n.\n.\r\nb\r\n.\r\n", 13),
    ],
)
@pytest.mark.parametrize("trailing", [b"", b"QUIT\r\n", b".\r\n"])
def test_mail_data_ends_with_crlf_dot_crlf_alone(octets, end, trailing):
    assert place(read(octets + trailing, phase=DATA)) == ("mail-data", 0, end, True)
    before = b"DATA\r\n"
    assert place(read(before + octets + trailing, offset=6, phase=DATA)) == ("mail-data", 6, end + 6, True)


def test_mail_data_octet_by_octet():
    whole = b"text\r\n.\r\n"
    for one in grown(whole)[1:]:
        prompt = read_prompt(one, 0, DATA)
        assert place(prompt) == ("mail-data", 0, one.length, one.length == len(whole))
        assert not prompt.inferred


@pytest.mark.parametrize(
    "octets", [b"text\n.\n", b"text\r.\r", b"text\r\n.", b"text\r\n.\r", b"text", b".x\r\n", b"x.\r\n"]
)
def test_what_ends_no_mail_data(octets):
    assert place(read(octets, phase=DATA)) == ("mail-data", 0, len(octets), False)


def test_a_command_in_full_syntax_behind_a_hole_says_that_the_data_ended_in_it():
    prompt = read(b"text\r\nmore", 9, b"RSET\r\nQUIT\r\n", phase=DATA)
    assert (place(prompt), prompt.inferred) == (("mail-data", 0, 19, True), True)


@pytest.mark.parametrize(
    ("behind", "end"),
    [
        (b".\r\nQUIT\r\n", 22),
        (b"\n.\r\nQUIT\r\n", 23),
        (b"\r\n.\r\nQUIT\r\n", 24),
        (b"more\r\n.\r\nQUIT\r\n", 28),
        (b"Mail me\r\n.\r\n", 31),
    ],
)
def test_the_end_of_data_behind_a_hole(behind, end):
    prompt = read(b"text\r\nmore", 9, behind, phase=DATA)
    assert place(prompt) == ("mail-data", 0, end, True)


@pytest.mark.parametrize("rest", [b"\r\n", b"\n"])
def test_a_hole_that_ends_inside_the_end_of_data(rest):
    prompt = read(b"text\r\nmore", 9, rest + b"RSET\r\nQUIT\r\n", phase=DATA)
    assert (place(prompt), prompt.inferred) == (("mail-data", 0, 19 + len(rest), True), True)


def test_bdat_takes_its_chunk_with_it():
    octets = b"BDAT 6\r\nRSET\r\nQUIT\r\n"
    prompt = read(octets)
    assert place(prompt) == ("bdat", 0, 14, True)
    assert (prompt.verb, prompt.command.chunk, prompt.text) == ("BDAT", 6, b"BDAT 6")
    assert place(read(octets, offset=14)) == ("command", 14, 20, True)
    assert place(read(b"BDAT 0 LAST\r\nQUIT\r\n")) == ("bdat", 0, 13, True)


def test_bdat_octet_by_octet():
    whole = b"BDAT 6 LAST\r\n\r\n.\r\nx"
    for one in grown(whole)[1:]:
        prompt = read_prompt(one, 0, COMMAND)
        kind = "bdat" if one.length >= 13 else "command"
        assert place(prompt) == (kind, 0, one.length, one.length == len(whole))


def test_a_chunk_longer_than_what_was_sent():
    assert place(read(b"BDAT 9999999999999999999\r\nabc")) == ("bdat", 0, 29, False)


def test_a_bdat_without_a_number_is_a_command_only():
    assert place(read(b"BDAT x\r\nabc\r\n")) == ("command", 0, 8, True)


def test_a_command_that_a_hole_cut():
    tail = read(b"RCPT TO:<b@exam", 10, b"QUIT\r\n")
    # It went on in the hole, so it was sent; what it says is not known.
    assert (place(tail), tail.whole) == (("command", 0, 15, True), False)
    head = read(b"NOOP\r\n", 4, b" TO:<b@example.org>\r\nQUIT\r\n", offset=6)
    assert (place(head), head.whole) == (("command", 10, 31, True), False)


def test_a_command_right_behind_a_hole_may_have_lost_its_head():
    prompt = read(b"NOOP\r\n", 4, b"RCPT TO:<b@example.org>\r\n", offset=6)
    assert (prompt.verb, prompt.start, prompt.whole) == ("RCPT", 10, False)


MAIL_TEXT = b"end of a line\r\none more\r\ntwo more\r\n"


@pytest.mark.parametrize("lines", [3, 2])
def test_mail_data_in_the_middle_of_which_a_capture_begins(lines):
    text = b"".join(MAIL_TEXT.splitlines(keepends=True)[:lines]) + b".\r\n"
    prompt = read(text + b"QUIT\r\n", origin="first-seen")
    assert (place(prompt), prompt.whole) == (("mail-data", 0, len(text), True), False)


def test_commands_in_the_middle_of_which_a_capture_begins():
    assert read(b"QUIT\r\n", origin="first-seen").verb == "QUIT"
    tail = read(b"ple.org>\r\nDATA\r\n", origin="first-seen")
    assert (place(tail), tail.verb, tail.whole) == (("command", 0, 10, True), None, False)


def test_first_verb():
    assert first_verb(stream(b"EHLO x\r\nQUIT\r\n"), 0) == "EHLO"
    assert first_verb(stream(b"\r\nhm\r\nhelo x\r\n"), 0) == "HELO"
    assert first_verb(stream(b"a\r\nb\r\nc\r\nEHLO x\r\n"), 0) is None
    assert first_verb(stream(b"\x05\x01\x00EHLO x\r\n"), 3) == "EHLO"
    assert first_verb(stream(4, b"EHLO x\r\n"), 0) is None
    assert first_verb(stream(), 0) is None


texts = st.lists(
    st.sampled_from(
        [b"\r\n", b"\n", b"\r", b".", b"a", b"QUIT", b"BDAT 4", b"BDAT 99 LAST", b"AUTH X", b"\x00\xff"]
    ),
    max_size=14,
).map(b"".join)


@given(texts, st.lists(st.tuples(st.integers(0, 30), st.integers(1, 4)), max_size=2), st.sampled_from(Phase))
def test_nothing_makes_it_raise(octets, holes, phase):
    one = holed(octets, holes)
    offset = 0
    while (prompt := read_prompt(one, offset, phase)) is not None:
        assert offset <= prompt.start <= prompt.end <= one.length
        assert prompt.end > offset
        assert not (one.gaps == () and prompt.inferred)
        offset = prompt.end
    assert one.run_at(one.length - 1) is None or offset == one.length
    assert all(0 <= end.end <= one.length for end in nonstandard_ends(one, 0, one.length + 2))
    assert isinstance(first_verb(one, 0), str | None)


@given(texts)
def test_the_end_of_data_is_the_first_one(octets):
    prompt = read_prompt(stream(octets), 0, DATA)
    whole = b"\r\n" + octets
    if prompt is None:
        assert octets == b""
    elif prompt.terminated:
        assert whole.index(END_OF_DATA) + len(END_OF_DATA) - 2 == prompt.end
    else:
        assert END_OF_DATA not in whole
