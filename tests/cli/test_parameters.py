import pytest
from click import BadParameter

from desync.cli.parameters import complete_codes, read_addresses, read_codes, read_time


def read(reader, value):
    return reader(None, None, value)


@pytest.mark.parametrize(
    ("text", "nanoseconds"),
    [
        ("1970-01-01", 0),
        ("1999-11-16", 942_710_400_000_000_000),
        ("1999-11-16T11:05:11Z", 942_750_311_000_000_000),
        ("1999-11-16 11:05:11", 942_750_311_000_000_000),
        ("1999-11-16T13:05:11+02:00", 942_750_311_000_000_000),
        ("1999-11-16T11:05:11.5Z", 942_750_311_500_000_000),
        ("1999-11-16T11:05:11.123456789Z", 942_750_311_123_456_789),
        ("1969-12-31T23:59:59.9Z", -100_000_000),
    ],
)
def test_times_are_exact_to_the_nanosecond(text, nanoseconds):
    assert read(read_time, text) == nanoseconds


@pytest.mark.parametrize(
    "text", ["", "now", "11:05", "1999-13-01", "1999-11-16T11:05:11.1234567890Z", "942750311"]
)
def test_what_is_no_time_is_refused(text):
    with pytest.raises(BadParameter):
        read(read_time, text)


def test_addresses_take_their_usual_spelling():
    assert read(read_addresses, ["2001:DB8:0::1"]) == ("2001:db8::1",)
    assert read(read_addresses, ["192.0.2.17"]) == ("192.0.2.17",)
    with pytest.raises(BadParameter):
        read(read_addresses, ["192.0.2.0/24"])


def test_codes_may_be_beginnings_and_come_once():
    assert read(read_codes, "sync102, SYNC102,REPLY301") == ("SYNC102", "REPLY301")
    assert read(read_codes, "SYNC1") == tuple(f"SYNC10{digit}" for digit in range(1, 10))
    assert read(read_codes, None) == ()
    with pytest.raises(BadParameter):
        read(read_codes, "SYNC102,")


def test_codes_are_completed():
    assert [item.value for item in complete_codes(None, None, "REPLY301,SYNC10")][:2] == [
        "REPLY301,SYNC101",
        "REPLY301,SYNC102",
    ]
    (item,) = complete_codes(None, None, "cap912")
    assert (item.value, item.help) == ("CAP912", "encrypted")
