from report import documents

from desync.report.beliefs import Pairings, exchange_at, prompt_name, reply_name


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


def with_holes(*gone):
    """The drifted connection as the document of a very long one lists it: some exchanges left out."""
    one = documents.drifted()["connections"][0]
    kept = [each for each in one["exchanges"] if each["index"] not in gone]
    left_out = {"exchanges": len(gone), "unpaired_replies": 0, "transactions": 0}
    return one | {"exchanges": kept, "left_out": left_out}


def test_an_exchange_is_found_by_its_index_not_by_its_place():
    one = with_holes(0, 2)
    assert [exchange_at(one, index) and exchange_at(one, index)["verb"] for index in range(7)] == [
        None,
        "HELO",
        None,
        "RCPT",
        "DATA",
        "QUIT",
        None,
    ]
    assert exchange_at(one, None) is None
    assert exchange_at(one, -1) is None


def test_what_a_drift_concerns_is_told_by_indexes():
    drift = {"onset": 3, "recovered": 4, "cause": "late-reply"}
    both = Pairings(with_holes(0, 2) | {"drift": drift})
    assert (both.first, both.last) == (2, 4)
    assert [one["index"] for one in both.concerned] == [3, 4]
    assert both.octets == (63, 115)
    assert names(both.true((63, 96))) == ["the reply to RCPT"]
