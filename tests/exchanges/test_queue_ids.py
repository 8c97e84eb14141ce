import pytest
from judged import said

from desync.exchanges.queue_ids import queue_id_of


def named(text):
    conversation = said(f"S: {text}")
    return queue_id_of(conversation.greeting)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("250 2.0.0 Ok: queued as 4WxYz0106", b"4WxYz0106"),
        ("250 2.0.0 Ok: 11 bytes queued as 9FE18201AAA610", b"9FE18201AAA610"),
        ("250 OK id=1xV79L-0001il-2l", b"1xV79L-0001il-2l"),
        ("250 2.0.0 tA6IZTQc010322 Message accepted for delivery", b"tA6IZTQc010322"),
        ("250 tA6IZTQc010322 Message accepted for delivery", b"tA6IZTQc010322"),
        ("250 ok 1182675387 qp 77793", b"77793"),
        ("250 2.6.0 <x@y> [InternalId=97779625, Hostname=z] Queued mail for delivery", b"97779625"),
        ("250 2.0.0 OK  1700000000 a1-2002si123.45 - gsmtp", b"a1-2002si123.45"),
        ("250 Message Queued (3B5D1A60-0A1B.1)", b"3B5D1A60-0A1B.1"),
        ("250 Ok 0102018abcdef012-12345678-1234-1234-1234-123456789012-000000",
         b"0102018abcdef012-12345678-1234-1234-1234-123456789012-000000"),
        ("250 2.0.0 <u@h> 4DE/Bq8xHk Saved", b"4DE/Bq8xHk"),
        ("250-first line\n+ 250 2.0.0 Ok: queued as 1A2B", b"1A2B"),
    ],
)  # fmt: skip
def test_known_servers_are_understood(text, name):
    assert named(text) == name


@pytest.mark.parametrize(
    "text",
    [
        "250 Ok",
        "250 2.0.0 Message accepted for delivery",
        "250 message accepted",
        "250 2.6.0 <FESFSEF> Queued mail for delivery",
        "250 Mail Message accepted",
        "250 2.0.0 Saved",
        "250 grid=12",
    ],
)
def test_who_names_nothing_is_not_made_to(text):
    assert named(text) is None


def test_a_long_line_costs_little_and_a_long_name_is_cut_short():
    assert len(named("250 queued as " + "A" * 5_000)) <= 128
