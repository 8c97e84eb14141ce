"""What a record keeps of a very long connection: bounded, what matters first, at its own index."""

from dataclasses import replace

import pytest
from judged import findings, said

from desync.analysis import shortened
from desync.analysis.keep_record import record_of

HELLO = "S: 220 mx\nC: EHLO gw\nS: 250-mx\n+ 250 SIZE\n"
MAIL = "C: MAIL FROM:<a@example.net>\nS: 250 ok\nC: RCPT TO:<b@example.net>\nS: 250 ok\n"
MESSAGE = MAIL + "C: DATA\nS: 354 go\nC: Subject: x\n+ .\nS: 250 kept\n"
NOOPS = "C: NOOP\nS: 250 ok\n" * 30
EARLY = "C: NOOP\nC[unprompted +1ms]: VRFY x\nS: 250 ok\nS: 252 x\n"


@pytest.fixture(autouse=True)
def small(monkeypatch):
    for name, value in (("MOST", 20), ("EDGE", 3), ("RUN", 2), ("NEAR", 1)):
        monkeypatch.setattr(shortened, name, value)


def record(text):
    one = said(text)
    return one, record_of(one, findings(one))


def indexes(kept):
    return [one.index for one in kept.exchanges]


def test_of_a_short_connection_everything_is_kept():
    one, kept = record(HELLO + MESSAGE)
    assert len(kept.exchanges) == len(one.exchanges)
    assert kept.left_out == (0, 0, 0)


def test_of_a_long_one_in_step_the_ends_are_kept():
    one, kept = record(HELLO + NOOPS)
    last = len(one.exchanges) - 1
    assert indexes(kept) == [0, 1, 2, last - 2, last - 1, last]
    assert kept.left_out == (len(one.exchanges) - 6, 0, 0)


def test_what_a_finding_names_is_kept_with_its_neighbours():
    one, kept = record(HELLO + NOOPS + EARLY + NOOPS)
    early = next(each.index for each in one.exchanges if each.prompt.verb == "VRFY")
    assert "SYNC104" in {each.rule.code for each in findings(one)}
    assert [index for index in indexes(kept) if 3 <= index < len(one.exchanges) - 3] == [
        early - 2,
        early - 1,
        early,
        early + 1,
    ]
    assert kept.exchanges[indexes(kept).index(early)].verb == "VRFY"


def test_never_more_than_the_most_are_kept_and_they_stay_in_order():
    one, kept = record(HELLO + EARLY * 20)
    assert len(one.exchanges) > len(kept.exchanges) == 20
    assert indexes(kept) == sorted(set(indexes(kept)))
    assert kept.left_out.exchanges == len(one.exchanges) - 20


def test_of_messages_the_ends_are_kept_under_their_own_numbers():
    one, kept = record(HELLO + MESSAGE * 9)
    last = len(one.transactions) - 1
    assert [each.index for each in kept.transactions] == [0, 1, 2, last - 2, last - 1, last]
    assert kept.left_out.transactions == len(one.transactions) - 6


@pytest.mark.parametrize("verdict", ["lost", "duplicate-risk"])
def test_a_message_at_risk_is_kept_with_its_exchanges(verdict):
    one = said(HELLO + MESSAGE * 11)
    messages = list(one.transactions)
    messages[5] = replace(messages[5], verdict=verdict)
    kept = record_of(replace(one, transactions=tuple(messages)), ())
    assert [each.index for each in kept.transactions] == [0, 1, 2, 5, 8, 9, 10]
    assert set(messages[5].exchanges) <= set(indexes(kept))


def test_a_message_that_its_client_takes_for_another_is_kept():
    one = said(HELLO + MESSAGE * 11)
    messages = list(one.transactions)
    messages[5] = replace(messages[5], believed="refused")
    kept = record_of(replace(one, transactions=tuple(messages)), ())
    assert 5 in [each.index for each in kept.transactions]


def test_unpaired_replies_are_bounded_too():
    one, kept = record(HELLO + NOOPS + "S[unprompted +5ms]: 250 extra\n" * 30)
    assert len(one.unpaired) == 30
    assert len(kept.unpaired) <= 20
    assert kept.left_out.unpaired == 30 - len(kept.unpaired)
    assert kept.unpaired[0].octets == one.unpaired[0].octets


@pytest.mark.parametrize(("first", "last", "count"), [(0, 9, 2), (3, 5, 2), (4, 4, 3), (0, 5, 3), (0, 6, 3)])
def test_the_ends_of_a_run_are_its_first_and_last(first, last, count):
    whole = list(range(first, last + 1))
    assert sorted(shortened.ends(first, last, count)) == sorted({*whole[:count], *whole[-count:]})
