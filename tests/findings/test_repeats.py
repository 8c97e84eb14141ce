import pytest
from build import segments_capture
from judged import heard, played, said

from desync.findings.finding import Place
from desync.findings.repeats import MOST_REPEATS, Delivery, deliveries_of, repeats_among


def delivery(time, frame, *, at_risk=False, envelope=b"one"):
    return Delivery(envelope, time, Place(0, frame), at_risk)


def envelope(mail="a@b", *recipients, client="192.0.2.1"):
    """The envelope of a message, as a connection shows it."""
    asked = "".join(f"C: RCPT TO:<{one}>\nS: 250 ok\n" for one in recipients)
    text = f"S: 220 mx\nC: HELO gw\nS: 250 mx\nC: MAIL FROM:<{mail}>\nS: 250 ok\n{asked}C: QUIT\nS: 221 bye"
    (one,) = deliveries_of(heard(segments_capture(played(text), client=(client, 41025))))
    return one.envelope


def test_later_ones_with_the_same_envelope_are_found():
    found = repeats_among([delivery(30, 3), delivery(10, 1, at_risk=True), delivery(20, 2)])
    assert found == {Place(0, 1): (Place(0, 2), Place(0, 3))}


def test_earlier_ones_and_others_are_not():
    others = [delivery(20, 2, envelope=b"two"), delivery(5, 9)]
    assert repeats_among([*others, delivery(10, 1, at_risk=True)]) == {}


def test_what_is_not_at_risk_needs_no_repeats():
    assert repeats_among([delivery(10, 1), delivery(20, 2)]) == {}


def test_the_order_in_which_they_come_does_not_matter():
    every = [delivery(at, at, at_risk=at % 2 == 0) for at in range(9)]
    assert repeats_among(every) == repeats_among(every[::-1])


def test_no_more_than_a_few_are_named():
    every = [delivery(at, at, at_risk=at == 0) for at in range(50)]
    assert len(repeats_among(every)[Place(0, 0)]) == MOST_REPEATS


def test_an_envelope_is_known_by_its_paths_whatever_their_order_and_the_case_of_the_domain():
    assert envelope("A@B.example", "e@F", "C@D") == envelope("A@b.Example", "C@d", "e@f")


@pytest.mark.parametrize(
    "other",
    [
        envelope("a@b", "c@d", client="192.0.2.2"),
        envelope("A@b", "c@d"),
        envelope("a@b", "C@d"),
        envelope("a@b", "c@d", "e@f"),
        envelope("a@b", "c@d", "c@d"),
        envelope("", "c@d"),
    ],
)
def test_another_client_or_path_makes_another_envelope(other):
    assert other != envelope("a@b", "c@d")


def test_who_names_nobody_has_no_envelope():
    text = "S: 220 mx\nC: HELO gw\nS: 250 mx\nC: MAIL FROM:<a@b>\nS: 250 ok\nC: QUIT\nS: 221 bye"
    assert list(deliveries_of(said(text))) == []
