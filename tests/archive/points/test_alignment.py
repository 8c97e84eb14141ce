from hypothesis import given
from hypothesis import strategies as st

from desync.archive.points.alignment import lay_over
from desync.archive.points.lines import best_pairs, rising
from desync.archive.points.offsets import both_ways


def told(sent, arrived):
    return [
        (one.kind, sent[slice(*one.sent)], arrived[slice(*one.arrived)]) for one in lay_over(sent, arrived)
    ]


def test_what_is_the_same_has_no_differences():
    assert lay_over(b"", b"") == []
    assert lay_over(b"220 mx\r\n" * 9, b"220 mx\r\n" * 9) == []


def test_octets_written_over_in_their_place():
    sent = b"220 mx.example.org ESMTP\r\n250-mx\r\n250-STARTTLS\r\n250 HELP\r\n"
    arrived = b"220 ****************0***\r\n250-mx\r\n250-XXXXXXXA\r\n250 HELP\r\n"
    assert told(sent, arrived) == [
        ("changed", b"mx.example.org ESMTP", b"****************0***"),
        ("changed", b"STARTTLS", b"XXXXXXXA"),
    ]


def test_a_line_left_out_and_one_put_in():
    sent = b"250-mx\r\n250-STARTTLS\r\n250 HELP\r\n354 go\r\n"
    arrived = b"250-mx\r\n250 HELP\r\n354 go\r\n421 gone\r\n"
    assert told(sent, arrived) == [("missing", b"250-STARTTLS\r\n", b""), ("inserted", b"", b"421 gone\r\n")]


def test_a_line_written_anew():
    assert told(b"EHLO gw.example.net\r\nQUIT\r\n", b"EHLO box.example.net\r\nQUIT\r\n") == [
        ("replaced", b"EHLO gw.example.net\r\n", b"EHLO box.example.net\r\n")
    ]


def test_a_line_masked_beside_one_left_out():
    sent = b"250-mx\r\n250-STARTTLS\r\n250-DSN\r\n250 HELP\r\n"
    assert told(sent, b"250-mx\r\n250-XXXXXXXA\r\n250 HELP\r\n") == [
        ("changed", b"STARTTLS", b"XXXXXXXA"),
        ("missing", b"250-DSN\r\n", b""),
    ]


def test_a_header_put_into_long_mail():
    text = b"DATA\r\n" + b"line\r\n" * 200_000 + b".\r\n"
    arrived = text[:6] + b"Received: x\r\n" + text[6:]
    assert told(text, arrived) == [("inserted", b"", b"Received: x\r\n")]


def test_a_line_at_both_ends_of_long_mail_does_not_hide_the_rest():
    body = b"".join(b"%d\r\n" % number for number in range(20_000))
    assert told(body, b"first\r\n" + body + b"last\r\n") == [
        ("inserted", b"", b"first\r\n"),
        ("inserted", b"", b"last\r\n"),
    ]


def test_nothing_but_a_line_feed_ends_a_line():
    assert told(b"a\x85b\x0bc\r\n", b"a\x85b\x0bd\r\n") == [("changed", b"c", b"d")]


LINES = st.lists(st.sampled_from([b"a\r\n", b"bb\r\n", b"220 x\r\n", b"\r\n", b"\n", b"."]), max_size=12)


@given(LINES, LINES)
def test_the_differences_turn_the_one_into_the_other(sent, arrived):
    one, other = b"".join(sent), b"".join(arrived)
    made, at = b"", 0
    for difference in lay_over(one, other):
        assert difference.sent[0] >= at
        made += one[at : difference.sent[0]] + other[slice(*difference.arrived)]
        at = difference.sent[1]
        assert (difference.kind == "missing") == (difference.arrived[0] == difference.arrived[1])
        assert (difference.kind == "inserted") == (difference.sent[0] == difference.sent[1])
    assert made + one[at:] == other


@given(LINES, LINES)
def test_offsets_of_octets_that_are_the_same_go_both_ways(sent, arrived):
    one, other = b"".join(sent), b"".join(arrived)
    differences = lay_over(one, other)
    forth, back = both_ways(differences, (len(one), len(other)))
    touched = {at for each in differences for at in range(*each.sent)}
    for at in range(len(one)):
        if at not in touched:
            assert other[forth.there(at)] == one[at]
            assert back.there(forth.there(at)) == at


def test_the_longest_rising_choice():
    assert rising([(0, 3), (1, 1), (2, 2), (3, 0)]) == [(1, 1), (2, 2)]
    assert rising([]) == []


def test_very_many_lines_are_one_group():
    assert best_pairs([b"a"] * 100, [b"b"] * 3) == [((0, 100), (0, 3))]
