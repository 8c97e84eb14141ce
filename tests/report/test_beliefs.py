from report import documents

from desync.report.beliefs import Pairings, prompt_name, reply_name


def pairings(**changes):
    return Pairings(documents.drifted()["connections"][0] | changes)


def names(exchanges):
    return [reply_name(one) for one in exchanges]


def test_what_octets_truly_are_and_what_they_were_taken_for():
    both = pairings()
    assert names(both.true((17, 39))) == ["the greeting"]
    assert names(both.believed((17, 39))) == ["the reply to HELO"]
    assert names(both.true((30, 70))) == ["the greeting", "the reply to HELO", "the reply to MAIL"]
    assert names(both.believed((0, 17))) == ["the greeting"]
    assert names(both.believed((115, 124))) == []


def test_it_begins_with_the_exchange_before_the_onset_and_ends_with_recovery():
    assert (pairings().first, pairings().last) == (0, 5)
    drift = {"onset": 2, "recovered": 4, "cause": "late-reply"}
    assert (pairings(drift=drift).first, pairings(drift=drift).last) == (1, 4)
    assert pairings(drift=drift).octets == (17, 115)


def test_lines_end_where_a_reply_says_so():
    assert pairings().ends_a_line(39)
    assert not pairings().ends_a_line(17)


def test_nothing_known_is_nothing_said():
    one = documents.connection()
    both = Pairings(one)
    assert both.drift is None
    assert both.believed((0, 100)) == []


def test_names():
    exchange = documents.exchange
    assert prompt_name(exchange(0)) == "the connection"
    assert reply_name(exchange(1, "DATA", prompt="mail-data")) == "the reply to the message"
    assert (
        reply_name(exchange(1, "X", prompt="command") | {"verb": None}) == "the reply to an unknown command"
    )
