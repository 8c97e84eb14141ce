import pytest

from desync.findings.catalogue import RULES
from desync.report.text_advice import ADVICE, advice_for
from desync.report.text_hex import MOST, hex_rows
from desync.report.text_words import CAPTURE_PROBLEM, clip, duration, period, plural


@pytest.mark.parametrize(
    ("nanoseconds", "written"),
    [(0, "0 ns"), (999, "999 ns"), (250_000_000, "250 ms"), (30_100_000_000, "30.1 s"), (-5_000, "-5 us")],
)
def test_durations(nanoseconds, written):
    assert duration(nanoseconds) == written


def test_periods_say_a_date_once():
    assert period("1999-11-16T11:05:11.5Z", "1999-11-16T12:00:00Z") == "1999-11-16 11:05:11 to 12:00:00 UTC"
    assert (
        period("1999-11-16T11:05:11Z", "1999-11-17T00:00:00Z")
        == "1999-11-16 11:05:11 to 1999-11-17 00:00:00 UTC"
    )
    assert period("1999-11-16T11:05:11.1Z", "1999-11-16T11:05:11.9Z") == "1999-11-16 11:05:11 UTC"
    assert period(None, "1999-11-16T11:05:11Z") == "at an unknown time"


def test_counts_and_clips():
    assert [plural(number, "frame") for number in (0, 1, 12345)] == ["0 frames", "1 frame", "12,345 frames"]
    assert clip("abcdef", 6) == "abcdef"
    assert clip("abcdefg", 6) == "abcdef... (1 more characters)"


def test_hex_shows_the_last_octets():
    assert list(hex_rows("3235300d0a")) == [("32 35 30 0d 0a", "250..")]
    rows = list(hex_rows((bytes(range(256)) * 2).hex()))
    assert len(rows) == MOST // 16
    assert rows[-1][0].endswith("fe ff")
    assert list(hex_rows("zz")) == []


def test_every_capture_finding_is_explained_to_a_newcomer():
    assert set(CAPTURE_PROBLEM) == {rule.code for rule in RULES if rule.code.startswith("CAP")}


def test_advice_names_only_codes_of_the_catalogue_each_once():
    codes = [code for one in ADVICE for code in one.codes]
    assert len(codes) == len(set(codes))
    assert set(codes) <= {rule.code for rule in RULES}


def test_what_a_client_or_server_must_not_do_has_advice():
    faults = {rule.code for rule in RULES if rule.severity == "error" and rule.blame in ("client", "server")}
    assert faults <= {code for one in ADVICE for code in one.codes}


def test_advice_that_two_findings_share_is_given_once():
    assert [one.codes for one in advice_for(["SYNC103", "SYNC101", "SYNC102"])] == [
        ("SYNC102", "SYNC103"),
        ("SYNC101",),
    ]


def test_long_durations_keep_all_digits_before_the_point():
    assert duration(7_200_000_000_000) == "7,200 s"
