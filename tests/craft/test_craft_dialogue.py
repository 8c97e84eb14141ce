from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desync.craft import dialogue
from desync.craft.build import craft
from desync.craft.dialogue import read_dialogue
from desync.craft.header import KEYS_OF_CONNECTION, KEYS_OF_FILE
from desync.craft.options import _ARGUMENTS, _FLAGS
from desync.errors import DialogueError


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "line 1: expected '---' and a dialogue below it, found 'the end'"),
        ("colour: blue\n---\n", "line 1: expected '---' or a key of"),
        ("mss: 1\nmss: 2\n---\n", "line 2: expected each key once, found 'mss'"),
        ("capture: snoop ns\n---\n", "line 1: expected pcap or pcapng"),
        ("capture: snoop\nlink: raw\n---\n", "line 2: expected link: ethernet"),
        ("client: [2001:db8::1]:9\n---\n", "expected both addresses of one IP version"),
        ("damage: zeros 5 after frame 1\n---\n", "line 1: expected 'zeros N before frame K'"),
        ("clock: slow\n---\n", "line 1: expected running or zero or stopped"),
        ("client-mac: 02:00\n---\n", "line 1: expected a link address"),
        ("checksums: bad\n---\n", "line 1: expected good, offload"),
        ("---\n# nothing\nX: hello\n", "line 3: expected 'C: text', 'S: text'"),
        ("---\nC hello\n", "line 2: expected 'C: text'"),
        ("---\nclose both\n", "line 2: expected client or server, found 'both'"),
        ("---\n+ more\n", "line 2: expected a line of C or S above"),
        ("---\nC[soon]: QUIT\n", "line 2: expected a delay such as"),
        ("---\nC[late]: QUIT\n", "line 2: expected an argument behind 'late'"),
        ("---\nC[late 0]: QUIT\n", "line 2: expected a number above 0"),
        ("---\nC[lost lost]: QUIT\n", "line 2: expected each option once"),
        ("---\nC[fragment 20]: QUIT\n", "line 2: expected a multiple of 8"),
        ("---\nC[flags X]: QUIT\n", "line 2: expected TCP flags"),
        ("---\nS: 220\n\nC[after HELO]: QUIT\n", "line 4: expected a line above that holds"),
        ("---\nC[again]:\n", "line 2: expected a segment above"),
        ("---\nC: QUIT\nC[again 2-9]:\n", "line 3: expected octets out of the 6 that were sent"),
        ("---\ngap 40\n", "line 2: expected a length of time"),
        ("---\nC: a\n===\nC: b\n", "line 4: expected '---' or a key of"),
        ("---\nC: a\n===\nlink: raw\n---\n", "line 4: expected '---' or a key of"),
        ("damage: zeros 5 before frame 9\n---\nC: a\n", "expected damage before a frame from 1 to"),
    ],
)
def test_mistakes_name_their_line(text, message):
    with pytest.raises(DialogueError) as raised:
        craft(text)
    assert message in str(raised.value)


def test_comments_and_empty_lines_are_left_out():
    read = read_dialogue("# story\n\nmss: 536 # small\n---\n# said\nC: QUIT\n\nhandshake # opens\n")
    assert read.connections[0].mss == 536
    assert [step.kind for step in read.connections[0].steps] == ["data", "syn", "syn", "ack"]


def test_lines_that_share_a_segment():
    read = read_dialogue("---\nS: 250-mx\n  + 250-SIZE 1\n+ 250 HELP\\\nC: a\n+\n+ .\n")
    assert [step.octets for step in read.connections[0].steps] == [
        b"250-mx\r\n250-SIZE 1\r\n250 HELP",
        b"a\r\n\r\n.\r\n",
    ]


def test_a_number_sign_in_what_is_said_is_said():
    assert read_dialogue("---\nC: a # b\n").connections[0].steps[0].octets == b"a # b\r\n"


def test_a_second_connection_inherits_all_but_the_sequence_numbers():
    first, second = read_dialogue(
        "mss: 9\nisn: client 7 server 8\n---\nC: a\n===\nstart: +2s\n---\nC: b\n"
    ).connections
    assert (first.client.isn, first.server.isn, second.mss) == (7, 8, 9)
    assert second.client.isn != 7
    assert second.start - first.start == 2_000_000_000


def test_the_manual_names_every_key_and_option():
    manual = dialogue.__doc__
    missing = [
        name for name in (*KEYS_OF_CONNECTION, *KEYS_OF_FILE, *_ARGUMENTS, *_FLAGS) if name not in manual
    ]
    assert missing == []


_LINE = st.sampled_from(
    [
        "---",
        "===",
        "C: x",
        "S[",
        "C[again]:",
        "S[lost +1ms]: y\\",
        "+ z",
        "handshake",
        "close",
        "gap 1s",
        "isn: 5",
    ]
) | st.text(alphabet="CS[]: +-ack=09\\xmslot", max_size=12)


@given(st.lists(_LINE, max_size=8))
def test_no_text_raises_anything_but_a_dialogue_error(written):
    with suppress(DialogueError):
        read_dialogue("\n".join(written))
