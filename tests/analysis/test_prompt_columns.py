"""The prompts of many clients at once."""

import numpy as np
import pytest
from smtp.columned import pieces_of, regular_with

from desync.analysis.prompt_columns import (
    DATA,
    EHLO,
    END_OF_DATA,
    HELO,
    MAIL,
    NOOP,
    QUIT,
    RCPT,
    RSET,
    prompts_of,
)
from desync.smtp.line_columns import lines_of


def read(*clients, acknowledged=None):
    """What clients say, each given as the octets of its segments: the prompts, and who is spoiled."""
    told = {2 * pair: said for pair, said in enumerate(clients)}
    pieces, octets = pieces_of(told, acknowledged=acknowledged)
    good = np.ones(len(clients), dtype=np.bool_)
    prompts = prompts_of(lines_of(pieces, octets), regular_with(pieces, len(clients)), octets, good)
    return prompts, good.tolist()


def of(prompts, pair):
    """Kind and octets of a pair's prompts."""
    mine = np.flatnonzero(prompts.pair == pair)
    return [(int(prompts.kind[row]), int(prompts.start[row]), int(prompts.end[row])) for row in mine]


def test_the_common_commands():
    verbs = (b"EHLO gw", b"helo gw", b"MAIL FROM:<a@b>", b"RcPt TO:<c@d>", b"RSET", b"NOOP x", b"quit ")
    prompts, good = read([verb + b"\r\n" for verb in verbs])
    assert good == [True]
    assert prompts.kind.tolist() == [EHLO, HELO, MAIL, RCPT, RSET, NOOP, QUIT]
    assert prompts.end[:-1].tolist() == prompts.start[1:].tolist()
    assert prompts.end[-1] == sum(len(verb) + 2 for verb in verbs)


def test_mail_data_is_one_prompt_from_its_first_octet():
    prompts, good = read([b"DATA\r\nx\r\n", b"QUIT\r\n..\r\n.\r\nQUIT\r\n"])
    assert good == [True]
    assert of(prompts, 0) == [(DATA, 0, 6), (END_OF_DATA, 6, 22), (QUIT, 22, 28)]


def test_mail_data_may_be_empty():
    prompts, good = read([b"DATA\r\n", b".\r\n"])
    assert (of(prompts, 0), good) == ([(DATA, 0, 6), (END_OF_DATA, 6, 9)], [True])


def test_a_prompt_acknowledges_what_its_first_segment_does():
    parts = [b"DATA\r\n", b"a\r\n", b"b\r\n.\r\n", b"NOOP x", b"y\r\n"]
    prompts, _ = read(parts, acknowledged={0: [5, 17, 40, 60, 70]})
    assert prompts.kind.tolist() == [DATA, END_OF_DATA, NOOP]
    assert prompts.acknowledged.tolist() == [5, 17, 60]


def test_clients_do_not_mix():
    prompts, good = read([b"DATA\r\nx\r\n.\r\n"], [b"hello\r\n"], [b"QUIT\r\n"])
    assert good == [True, False, True]
    assert of(prompts, 0) == [(DATA, 0, 6), (END_OF_DATA, 6, 12)]
    assert of(prompts, 2) == [(QUIT, 0, 6)]


@pytest.mark.parametrize("said", [
    b"VRFY a\r\n", b"STARTTLS\r\n", b"AUTH PLAIN AA==\r\n", b"BDAT 1 LAST\r\nx", b"LHLO gw\r\n", b"\r\n",
    b"x\r\n", b" QUIT\r\n", b"QUIT\n", b"QUIT\t\r\n", b"QUITE\r\n", b"MAIL\rFROM:<a@b>\r\n", b"{AIL x\r\n",
    b"EHLO\r\n", b"EHLO \r\n", b"EHLO\rgw\r\n", b".\r\n", b"DATA \r\n", b"DATA\n.\r\n", b"DATA\r\n",
    b"DATA\r\nx\r\n", b"DATA\r\nx\n.\r\n", b"DATA\r\nx\r\n.\n", b"DATA\r\nDATA\r\n.\r\n",
    b"DATA\r\ndata\r\n.\r\n", b"DATA\r\n.\r\n.\r\n",
])  # fmt: skip
def test_what_spoils_a_pair(said):
    _, good = read([b"NOOP\r\n", said])
    assert good == [False]


@pytest.mark.parametrize("said", [
    [b"DA", b"TA\r\nx\r\n.\r\n"], [b"DATA\r\nx\r\n.", b"\r\n"], [b"DATA\r\nx\r\n.\r", b"\n"],
    [b"QU", b"IT\r\n"],
])  # fmt: skip
def test_a_short_line_in_two_segments_spoils_or_is_read_right(said):
    prompts, good = read(said)
    expected = [END_OF_DATA] if said[0].startswith(b"DATA") else []
    assert good == [False] or prompts.kind.tolist()[1:] == expected
