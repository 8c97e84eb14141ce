"""The short way for textbook and silent connections says what the general way says."""

from pathlib import Path
from random import Random

import pytest
from build import build
from chance import chance_capture
from chance_silent import silent_capture
from hypothesis import given, settings
from hypothesis import strategies as st
from short_way import compare, compare_octets

CAPTURES = Path(__file__).parent.parent / "captures"
PLAIN = sorted(path for path in CAPTURES.rglob("*") if path.suffix in (".pcap", ".pcapng", ".snoop"))


@pytest.mark.parametrize("path", PLAIN, ids=lambda path: path.name)
def test_on_samples(path):
    compare(path)


def test_lawful_samples_go_the_short_way():
    assert compare(CAPTURES / "incidents" / "pipelining-legal.pcap") == (1, 1)
    assert compare(CAPTURES / "incidents" / "postal-2026-patient.pcap") == (1, 1)


def test_broken_samples_do_not():
    assert compare(CAPTURES / "ccnotes-1999.snoop") == (1, 0)


@pytest.mark.parametrize("odd", [0, 0.02, 0.1, 0.3])
@settings(max_examples=120, derandomize=True, deadline=None)
@given(seed=st.integers(0, 1 << 32))
def test_on_captures_made_by_chance(odd, seed):
    compare_octets(chance_capture(Random(seed), odd=odd))  # noqa: S311 - no secret


def test_most_lawful_connections_go_the_short_way():
    made = [compare_octets(chance_capture(Random(seed), odd=0)) for seed in range(60)]  # noqa: S311 - no secret
    assert sum(pairs for pairs, _ in made) == 360
    # What is left: short commands cut in two, names and messages that look like commands.
    assert sum(short for _, short in made) > 160


@pytest.mark.parametrize("odd", [0.05, 0.3])
@settings(max_examples=150, derandomize=True, deadline=None)
@given(seed=st.integers(0, 1 << 32))
def test_on_silent_captures_made_by_chance(odd, seed):
    compare_octets(silent_capture(Random(seed), odd=odd))  # noqa: S311 - no secret


def test_silent_connections_go_the_short_way():
    made = [compare_octets(silent_capture(Random(seed), odd=0)) for seed in range(40)]  # noqa: S311 - no secret
    # What is left: what may be one packet captured twice. One in four is on a port that is no mail port.
    assert 0 < sum(pairs - short for pairs, short in made) < 0.2 * sum(pairs for pairs, _ in made)


# Each was once taken the short way although the general way sees more in it.
ONCE_WRONG = {
    "an offer of early pipelining behind a blank": (
        "S: 220 mx\nC: EHLO gw\nS: 250-mx\n+ 250 \\tPIPE_CONNECT\nC: QUIT\nS: 221 bye"
    ),
    "a blank before the client's name": "S: 220 mx\nC: EHLO  gw\nS: 250 mx\nC: QUIT\nS: 221 bye",
    "a blank behind it": "S: 220 mx\nC: EHLO gw\\x20\nS: 250 mx\nC: QUIT\nS: 221 bye",
    "a CR behind it": "S: 220 mx\nC: EHLO gw\\r\nS: 250 mx\nC: QUIT\nS: 221 bye",
    "a CR behind a verb": "S: 220 mx\nC: EHLO\\rgw.example\nS: 250 mx\nC: QUIT\nS: 221 bye",
}


@pytest.mark.parametrize("name", ONCE_WRONG)
def test_what_was_once_wrong(name):
    assert compare_octets(build(f"---\nhandshake\n{ONCE_WRONG[name]}\nclose\n")) == (1, 0)


LAWFUL = {
    "nothing but a greeting and a goodbye": "C: QUIT",
    "a refused recipient": "C: MAIL FROM:<a@b>\nS: 250 ok\nC: RCPT TO:<c@d>\nS: 550 no\nC: QUIT",
    "a message": "C: MAIL FROM:<a@b>\nS: 250 ok\nC: RCPT TO:<c@d>\nS: 251 ok\nC: DATA\nS: 354 go\n"
    "C: Subject: x\n+\n+ ..\n+ 250 ok\n+ .\nS: 250 kept\nC: QUIT",
    "two messages": "C: MAIL FROM:<a@b>\nS: 250 ok\nC: RCPT TO:<c@d>\nS: 250 ok\nC: DATA\nS: 354 go\n"
    "C: .\nS: 250 kept\nC: RSET\nS: 250 ok\nC: MAIL FROM:<a@b>\nS: 250 ok\nC: RCPT TO:<c@d>\nS: 250 ok\n"
    "C: DATA\nS: 354 go\nC: x\n+ .\nS: 554 no\nC: NOOP\nS: 250 ok\nC: QUIT",
    "a group": "C: MAIL FROM:<a@b>\n+ RCPT TO:<c@d>\n+ RCPT TO:<e@f>\n+ DATA\nS: 250 a\n+ 250 b\n+ 550 c\n"
    "+ 354 go\nC: x\n+ .\n+ QUIT\nS: 250 kept",
    "replies in pieces": "C: NOOP\nS: 250-o\\\nS: k\nS: 250 ok\nC: QUIT",
    "a reply sent twice": "C: NOOP\nS: 250 ok\nS[again +300ms]:\nC: QUIT",
}


@pytest.mark.parametrize("name", LAWFUL)
def test_lawful_dialogues_go_the_short_way(name):
    hello = "S: 220 mx\nC: EHLO gw\nS: 250-mx\n+ 250 PIPELINING"
    assert compare_octets(build(f"---\nhandshake\n{hello}\n{LAWFUL[name]}\nS: 221 bye\nclose\n")) == (1, 1)
