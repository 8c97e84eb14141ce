"""Pseudonyms: as long as what they stand for, consistent, and nothing is left of the names."""

import ipaddress
import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desync.findings.mail_log import codes_for
from desync.report.pseudonym_forms import host_text, ipv4, ipv4_text, ipv6, ipv6_text, user_text
from desync.report.pseudonyms import Pseudonyms
from desync.smtp.command import read_command
from desync.smtp.routes import form_of

DIALOGUE = rb"""220 smtp.tele.fi ESMTP Sendmail 8.9.1/8.9.1 ready
EHLO hansel
250-smtp.tele.fi Hello hansel [10.0.0.1], pleased to meet you
250-PIPELINING
250-SIZE 10000000
250 ENHANCEDSTATUSCODES
MAIL FROM:<alice.smith@tele.fi> SIZE=1000 BODY=8BITMIME AUTH=<bob@tele.fi>
RCPT TO:<carl%gretel.tele.fi@tele.fi> NOTIFY=NEVER ORCPT=rfc822;dora@tele.fi
550 5.1.1 <carl%gretel.tele.fi@tele.fi>: carl is unknown here; ask postmaster@tele.fi or 192.168.100.200
421 4.4.2 smtp.tele.fi Error: timeout exceeded
XCLIENT NAME=gretel.tele.fi ADDR=10.0.0.1 LOGIN=bob PROTO=ESMTP
VRFY alice.smith
221 2.0.0 Bye
"""

SECRETS = ("tele", "hansel", "gretel", "alice", "smith", "bob", "carl", "dora", "10.0.0.1", "192.168")


def test_nothing_is_left_of_names_and_addresses() -> None:
    replaced = Pseudonyms().octets(DIALOGUE).decode()
    assert [secret for secret in SECRETS if secret in replaced] == []


def test_codes_verbs_keywords_and_line_ends_stay() -> None:
    replaced = Pseudonyms().octets(DIALOGUE)
    assert len(replaced) == len(DIALOGUE)
    for before, after in zip(DIALOGUE.splitlines(), replaced.splitlines(), strict=True):
        assert len(before) == len(after)
        assert before[:4] == after[:4]
        assert read_command(before).verb == read_command(after).verb
        assert (read_command(before).shown == len(before)) == (read_command(after).shown == len(after))
    for word in (
        b"250-PIPELINING\n",
        b"250-SIZE 10000000",
        b" 5.1.1 ",
        b"SIZE=1000 BODY=8BITMIME",
        b"221 2.0.0 Bye\n",
    ):
        assert word in replaced


def test_the_same_stays_the_same() -> None:
    names = Pseudonyms()
    once, again = names.octets(DIALOGUE), names.octets(DIALOGUE)
    assert once == again == Pseudonyms().octets(DIALOGUE)
    host = names.name("smtp.tele.fi").encode()
    assert once.count(host) == DIALOGUE.count(b"smtp.tele.fi")
    assert names.name("SMTP.Tele.FI").encode() == host


def test_a_name_found_once_is_found_in_every_reply() -> None:
    names = Pseudonyms()
    names.octets(b"HELO hansel\r\nRCPT TO:<carl@tele.fi>\r\n")
    assert b"hansel" not in names.octets(b"250 Hello hansel, from hansel\r\n")
    assert b"carl" not in names.octets(b"550 carl: no such user\r\n")


@pytest.mark.parametrize("name", ["gw.tele.fi and more", "carol@tele.fi", "[10.0.0.1]", "laptop", "10.0.0.1"])
def test_a_name_is_what_helo_says(name: str) -> None:
    names = Pseudonyms()
    said = names.octets(f"EHLO {name}\r\n".encode()).decode()
    assert said == f"EHLO {names.name(name)}\r\n"
    assert not re.search("tele|carol|laptop|10\\.0", said)


def test_words_of_smtp_are_nobody() -> None:
    names = Pseudonyms()
    names.octets(b"RCPT TO:<mail@tele.fi>\r\nRCPT TO:<user@tele.fi>\r\nHELO size\r\n")
    line = b"550 5.1.1 mail: user unknown, SIZE exceeded\r\n"
    assert names.octets(line) == line


def test_masks_of_a_box_in_the_path_stay() -> None:
    for line in (
        b"220 ********************\r\n",
        b"EHLO XXXXXXXXX\r\n",
        b"250-XXXXXXXA\r\n",
        b"XXXX abc\r\n",
    ):
        assert Pseudonyms().octets(line) == line


@pytest.mark.parametrize(
    "path",
    [
        b"user%host.a@relay.b",
        b"host!user",
        b"@a.b,@c.d:user@e.f",
        b'"user@host.a"@relay.b',
        b"u@h.a@r.b",
        b"user@host",
        b"a%40b@c.de",
        b"SRS0=Hj8=TT=host.example=user@relay.b",
        b"prvs=12ab=user@host.a",
        b"list-bounce=a.b@c.d",
        b"",
    ],
)
def test_a_way_to_a_mailbox_stays_one(path: bytes) -> None:
    line = Pseudonyms().octets(b"RCPT TO:<" + path + b">\r\n")
    assert form_of(line[9:-3]) == form_of(path)
    assert len(line) == len(path) + 12
    assert not path or line[9:-3] != path


def test_addresses_are_of_the_networks_for_examples() -> None:
    names = Pseudonyms()
    assert [names.address(text) for text in ("10.0.0.1", "10.0.0.2", "10.0.0.1")] == [
        "192.0.2.1",
        "192.0.2.2",
        "192.0.2.1",
    ]
    assert names.address("2a01::1") == names.address("2A01:0::1") == "2001:db8::1"
    assert names.address("localhost.local").endswith(".example")
    assert names.address("") == ""


def test_an_address_in_a_literal_is_recognised_where_there_is_room() -> None:
    names = Pseudonyms()
    assert names.address("172.16.20.30") == "192.0.2.1"
    assert names.octets(b"HELO [172.16.20.30]\r\n") == b"HELO [192.0.02.001]\r\n"


def test_numbers_become_addresses_without_end() -> None:
    samples = [1, 254, 255, 762, 763, 131_834, 131_835, 10**9]
    found = [ipaddress.IPv4Address(ipv4(number)) for number in samples]
    assert len(set(found)) == len(found)
    assert all(not one.is_global for one in found)
    assert all(
        ipaddress.IPv6Address(ipv6(number)) in ipaddress.IPv6Network("2001:db8::/32") for number in samples
    )


@given(st.integers(1, 10**12), st.integers(1, 300))
def test_every_form_has_the_length_it_is_given(number: int, length: int) -> None:
    for text in (
        ipv4_text(number, length % 9 + 7),
        ipv6_text(number, length % 38 + 2),
        host_text(number, length, dotted=True),
        host_text(number, length, dotted=False),
        user_text(number, length),
    ):
        assert text.isascii()
    assert len(ipv4_text(number, length % 9 + 7)) == length % 9 + 7
    assert len(ipv6_text(number, length % 38 + 2)) == length % 38 + 2
    assert (
        len(host_text(number, length, dotted=True)) == len(host_text(number, length, dotted=False)) == length
    )
    assert len(user_text(number, length)) == length


_PIECES = st.sampled_from(
    b"220 |250-|MAIL FROM:<|RCPT TO:|EHLO |XCLIENT NAME=|[|]|@|%|!|<|>|\r\n|\n|\r|10.1.2.3|IPv6:fe80::1|"
    b'a.example.org|bob|\x00|\xff\xc3| |=|"|:'.split(b"|")
)


@given(st.lists(st.one_of(_PIECES, st.binary(max_size=12)), max_size=30))
@settings(max_examples=300)
def test_any_octets_keep_length_and_line_ends(pieces: list[bytes]) -> None:
    data = b"".join(pieces)
    replaced = Pseudonyms().octets(data)
    assert len(replaced) == len(data)
    assert [at for at, octet in enumerate(data) if octet in b"\r\n\x00"] == [
        at for at, octet in enumerate(replaced) if octet in b"\r\n\x00"
    ]


@given(st.text(max_size=60))
def test_any_text_is_taken(text: str) -> None:
    names = Pseudonyms()
    for made in (names.text(text), names.name(text), names.address(text)):
        assert isinstance(made, str)


def test_lone_surrogates_are_taken() -> None:
    assert isinstance(Pseudonyms().text("\udcff\ud800 host.example.org"), str)


def test_long_lines_cost_little() -> None:
    began = time.process_time()
    for line in (
        b"!" * 40_000,
        b"a." * 20_000,
        b"[" * 40_000,
        b"1." * 20_000,
        b":" * 40_000,
        b"@" * 40_000,
    ):
        for start in (b"", b"250 ", b"MAIL FROM:", b"HELO ", b"XCLIENT "):
            assert len(Pseudonyms().octets(start + line)) == len(start) + len(line)
    assert time.process_time() - began < 20  # squared it would be hours


def test_what_a_mail_log_says_is_still_found() -> None:
    line = "improper command pipelining after EHLO from mx.tele.fi[10.0.0.1]: MAIL FROM:<alice@tele.fi>"
    assert codes_for(Pseudonyms().text(line)) == codes_for(line)
    assert not re.search("tele|alice|10\\.0", Pseudonyms().text(line))
