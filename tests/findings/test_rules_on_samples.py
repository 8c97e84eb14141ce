"""Each sample in captures/ draws what its dialogue says, and its clean twin does not."""

from functools import cache
from pathlib import Path

import pytest
from judged import document

from desync.findings.catalogue import RULES

CAPTURES = Path(__file__).parents[2] / "captures"
SUFFIXES = {".pcap", ".pcapng", ".snoop"}
SAMPLES = sorted(path for path in CAPTURES.rglob("*") if path.suffix in SUFFIXES)
RULE_SAMPLES = [path for path in SAMPLES if path.parent.name == "rules"]
NAMES = {rule.code: rule.name for rule in RULES}

INCIDENTS = {
    "final-reply-in-time": set(),
    # To hang up is not to speak out of turn.
    "final-reply-too-late": set(),
    "greeting-split-heals": {"SYNC102"},
    "gsm-module-ehlo": {"SYNC103"},
    "headers-as-commands": {"SYNC101", "SYNC104", "SYNC106"},
    # The server reads the RSET behind its late 354 as mail data.
    "late-reply-after-timeout": {"SYNC107", "SYNC104", "SYNC106"},
    "late-reply-eaten-by-rset": {"SYNC107", "SYNC104", "SYNC106"},
    "late-reply-flushed": {"SYNC107"},
    "late-reply-waited-for": set(),
    "line-reader-loses-mail": {"SYNC104", "SYNC106"},
    "one-line-greeting": {"SYNC104"},
    "one-reply-to-one-message": set(),
    "pipelining-legal": set(),
    "pix-end-of-data-answered": set(),
    "pix-end-of-data-stall": {"DATA402"},
    "pipelining-unoffered": {"SYNC104"},
    "postal-2026-patient": set(),
    "postal-2026": {"SYNC102"},
    "refusal-learnt": set(),
    "refused-chunk-runs": {"DATA404"},
    "refused-chunk-thrown-away": set(),
    "refused-data-respected": set(),
    "segment-reader-ehlo": {"SYNC103", "SYNC104", "SYNC106"},
    "segment-reader-one-write": set(),
    "sleep-between-commands": {"SYNC101"},
    # What was smuggled came before the replies to it: that follows.
    "smuggled-message": {"DATA401", "SYNC106"},
    "smuggling-withstood": set(),
    "split-command-one-reply": set(),
    "starttls-injected-commands": {"TLS501"},
    "starttls-injected-reply": {"TLS502"},
    "starttls-uninjected": set(),
    # Who reads as he should, and trips over a surplus reply, has not spoken out of turn.
    "split-command-two-replies": {"REPLY306", "REPLY310"},
    "tarpit-read-correctly": set(),
    "two-replies-to-one-message": {"REPLY306"},
    "unsolicited-421": set(),
    "unsolicited-421-drifts": set(),
}
"""The errors that each dialogue says must be found; drift and its cost stand in test_incidents_drift.py."""


@cache
def report(path):
    return document(path)


def codes(path):
    return {one["code"] for one in report(path)["findings"]}


def errors(path):
    return {one["code"] for one in report(path)["findings"] if one["severity"] == "error"}


def finding(path, code):
    (one,) = [one for one in report(path)["findings"] if one["code"] == code]
    return one


def incident(name):
    return next(path for path in SAMPLES if path.name.removesuffix(path.suffix) == name)


def of_path(path):
    return str(path.relative_to(CAPTURES))


def code_of(path):
    return path.name.partition("-")[0]


@pytest.mark.parametrize("path", [path for path in RULE_SAMPLES if ".fires" in path.name], ids=of_path)
def test_a_sample_fires_its_rule(path):
    assert code_of(path) in codes(path)


@pytest.mark.parametrize("path", [path for path in RULE_SAMPLES if ".clean" in path.name], ids=of_path)
def test_its_clean_twin_does_not(path):
    assert code_of(path) not in codes(path)


@pytest.mark.parametrize("path", [path for path in RULE_SAMPLES if ".clean" in path.name], ids=of_path)
def test_a_clean_twin_accuses_nobody_of_anything_else(path):
    assert {code for code in errors(path) if code.startswith("SYNC")} == set()


@pytest.mark.parametrize("code", NAMES)
@pytest.mark.parametrize("twin", ["fires", "clean"])
def test_each_rule_has_both_twins(code, twin):
    assert [path for path in RULE_SAMPLES if path.name.startswith(f"{code}-{NAMES[code]}.{twin}")]


@pytest.mark.parametrize("path", RULE_SAMPLES, ids=of_path)
def test_a_sample_is_of_a_rule(path):
    assert path.name.startswith(f"{code_of(path)}-{NAMES[code_of(path)]}.")


@pytest.mark.parametrize("path", SAMPLES, ids=of_path)
def test_findings_are_of_the_catalogue_and_in_the_capture(path):
    made = report(path)
    for one in made["findings"]:
        assert NAMES[one["code"]] == one["name"]
        assert all(1 <= place["frame"] <= made["captures"][0]["frames"] for place in one["frames"])
        assert one["frame"] is None or {"capture": 0, "frame": one["frame"]} in one["frames"]


@pytest.mark.parametrize("name", INCIDENTS)
def test_an_incident_is_what_its_dialogue_says(name):
    assert {code for code in errors(incident(name)) if not code.startswith("SYNC2")} == INCIDENTS[name]


def test_all_incidents_are_known():
    assert {
        path.name.removesuffix(path.suffix) for path in SAMPLES if path.parent.name == "incidents"
    } == set(INCIDENTS)


class Test1999:
    """The case that the project comes from."""

    path = CAPTURES / "ccnotes-1999.snoop"

    def test_the_capture_is_a_snoop_file(self):
        assert self.path.read_bytes()[:8] == b"snoop\0\0\0"
        assert report(self.path)["captures"][0]["format"] == "snoop"

    def test_the_helo_came_on_a_fragment_of_the_greeting(self):
        one = finding(self.path, "SYNC102")
        (connection,) = report(self.path)["connections"]
        helo = connection["exchanges"][1]
        assert (helo["verb"], helo["acknowledged"], helo["in_step"]) == ("HELO", 17, False)
        assert one["exchanges"] == [1, 1]
        assert one["frame"] == helo["frame"]
        assert (one["certainty"], one["evidence"]) == ("proved", ["ack"])
        assert (one["severity"], one["blame"]) == ("error", "client")
        assert one["client"] == "192.0.2.17:1042"
        assert one["server"] == "198.51.100.25:25"
        assert connection["client"]["name"] == "gw.example.net"

    def test_it_says_what_the_client_held(self):
        details = finding(self.path, "SYNC102")["details"]
        assert details["held"] == 17
        assert details["held_hex"] == b"220 smtp.tele.fi ".hex()
        assert "0d0a" not in details["held_hex"]
        assert details["missing"] == len("rest of the greeting\r\n")

    def test_it_says_how_the_reply_was_split_and_what_would_cure_it(self):
        details = finding(self.path, "SYNC102")["details"]
        assert (details["split"], details["cure"]) == ("writes", "yes")
        assert details["gap_ns"] == 10_000_000
        assert "39" in details["why"]

    def test_the_message_can_be_read_aloud(self):
        message = finding(self.path, "SYNC102")["message"]
        assert "HELO" in message
        assert "17 octets" in message
        assert "greeting" in message

    def test_what_follows_is_found_and_names_its_cause(self):
        later = [
            one for one in report(self.path)["findings"] if one["code"] in ("SYNC104", "SYNC105", "SYNC106")
        ]
        assert {one["details"]["because"] for one in later} == {"SYNC102"}
        assert {one["code"] for one in later} >= {"SYNC104", "SYNC106"}

    def test_the_summary_counts_it(self):
        summary = report(self.path)["summary"]
        (client,) = summary["clients"]
        assert (client["sessions"], client["splits_seen"], client["misread"], client["proved"]) == (
            1,
            1,
            1,
            1,
        )
        (server,) = summary["servers"]
        assert (server["split"], server["misread"], server["cured"]) == (1, 1, 1)

    def test_one_write_per_reply_cures_it(self):
        assert errors(CAPTURES / "ccnotes-1999-cured.snoop") == set()


class TestIncidents:
    def test_the_gsm_module_held_one_line_of_four(self):
        one = finding(incident("gsm-module-ehlo"), "SYNC103")
        assert (one["certainty"], one["details"]["held"]) == (
            "proved",
            len("250-mx.example.org Hello sim800\r\n"),
        )
        assert (
            report(incident("gsm-module-ehlo"))["connections"][0]["exchanges"][one["exchanges"][0]]["verb"]
            == "AUTH"
        )

    def test_the_banner_of_2026_lacked_its_line_ending(self):
        one = finding(incident("postal-2026"), "SYNC102")
        assert (one["certainty"], one["details"]["missing"], one["details"]["cure"]) == ("proved", 2, "yes")

    def test_the_patient_client_is_clean_and_the_split_noted(self):
        assert codes(incident("postal-2026-patient")) == {"REPLY301"}

    def test_a_tarpit_is_noted_once(self):
        one = finding(incident("tarpit-read-correctly"), "REPLY301")
        assert one["severity"] == "note"

    def test_lawful_groups_are_clean(self):
        assert codes(incident("pipelining-legal")) == set()

    def test_the_timer_ran_for_30_seconds(self):
        one = finding(incident("late-reply-after-timeout"), "SYNC107")
        assert one["certainty"] == "proved"
        assert 29_900_000_000 < one["details"]["waited_ns"] < 30_100_000_000

    def test_the_idle_421_is_a_note(self):
        one = finding(incident("unsolicited-421"), "REPLY308")
        assert (one["severity"], one["certainty"]) == ("note", "proved")

    def test_the_quit_after_a_line_of_greeting_is_all_that_is_proved(self):
        one = finding(incident("one-line-greeting"), "SYNC104")
        assert one["certainty"] == "proved"
        assert "QUIT" in one["message"]
