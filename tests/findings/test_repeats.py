from judged import said

from desync.findings.finding import Place
from desync.findings.repeats import MOST_REPEATS, Delivery, deliveries_of, repeats_among

ENVELOPE = ("192.0.2.1", b"a@b", (b"c@d",))


def delivery(time, frame, *, at_risk=False, envelope=ENVELOPE):
    return Delivery(*envelope, time, Place(0, frame), at_risk)


def test_later_ones_with_the_same_envelope_are_found():
    found = repeats_among([delivery(30, 3), delivery(10, 1, at_risk=True), delivery(20, 2)])
    assert found == {Place(0, 1): (Place(0, 2), Place(0, 3))}


def test_earlier_ones_and_others_are_not():
    others = [
        ("192.0.2.2", b"a@b", (b"c@d",)),
        ("192.0.2.1", b"x@b", (b"c@d",)),
        ("192.0.2.1", b"a@b", (b"c@d", b"e@f")),
    ]
    later = [delivery(20 + at, 2 + at, envelope=envelope) for at, envelope in enumerate(others)]
    assert repeats_among([delivery(5, 9), delivery(10, 1, at_risk=True), *later]) == {}


def test_what_is_not_at_risk_needs_no_repeats():
    assert repeats_among([delivery(10, 1), delivery(20, 2)]) == {}


def test_the_order_in_which_they_come_does_not_matter():
    every = [delivery(at, at, at_risk=at % 2 == 0) for at in range(9)]
    assert repeats_among(every) == repeats_among(every[::-1])


def test_no_more_than_a_few_are_named():
    every = [delivery(at, at, at_risk=at == 0) for at in range(50)]
    assert len(repeats_among(every)[Place(0, 0)]) == MOST_REPEATS


def test_an_envelope_is_known_by_its_paths_whatever_the_case_of_the_domain():
    text = (
        "S: 220 mx\nC: HELO gw\nS: 250 mx\nC: MAIL FROM:<A@B.example>\nS: 250 ok\n"
        "C: RCPT TO:<e@F>\nS: 250 ok\nC: RCPT TO:<C@D>\nS: 250 ok\nC: QUIT\nS: 221 bye"
    )
    (one,) = deliveries_of(said(text))
    assert (one.sender, one.recipients, one.at_risk) == (b"A@b.example", (b"C@d", b"e@f"), False)


def test_who_names_nobody_has_no_envelope():
    text = "S: 220 mx\nC: HELO gw\nS: 250 mx\nC: MAIL FROM:<a@b>\nS: 250 ok\nC: QUIT\nS: 221 bye"
    assert list(deliveries_of(said(text))) == []
