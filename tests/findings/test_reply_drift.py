"""SYNC201: what it says of a drift, of whose doing it was, and of what it follows from."""

import pytest
from incidents import conversation as incident
from judged import NO_FACTS, codes, findings, found

from desync.exchanges.reading import UNREAD
from desync.findings.drifted import MOST_PAIRINGS, last_drifted

DRIFTED = {
    "ccnotes-1999": ("client", "SYNC102"),
    "gsm-module-ehlo": ("client", "SYNC103"),
    "late-reply-after-timeout": ("client", "SYNC107"),
    # A reader of lines that had all of the reply: nothing shows but the drift.
    "line-reader-loses-mail": ("client", None),
    "one-line-greeting": ("client", None),
    "split-command-two-replies": ("server", "REPLY306"),
    "two-replies-to-one-message": ("server", "REPLY306"),
    "unsolicited-421-drifts": ("server", "REPLY308"),
}


@pytest.mark.parametrize("name", DRIFTED)
def test_it_names_who_set_it_off_and_what_it_follows_from(name):
    drift = found(incident(name), "SYNC201")
    blame, code = DRIFTED[name]
    assert (drift.blame, drift.details.get("because")) == (blame, code)
    assert code is None or code in codes(incident(name))
    assert drift.certainty == "consistent"
    assert drift.evidence == ("content",)


def test_it_shows_both_pairings():
    drift = found(incident("ccnotes-1999"), "SYNC201")
    assert drift.exchanges == (1, 6)
    assert drift.details["pairings"][0] == {"exchange": 1, "true": 250, "believed": None, "octets": [17, 39]}
    assert drift.details["pairings"][3]["true"] == 354
    assert drift.details["pairings"][3]["believed"] == 250
    assert len(drift.details["pairings"]) <= MOST_PAIRINGS
    assert (drift.details["size"], drift.details["recovered"], drift.details["model"]) == (1, None, "segment")


def test_it_ends_where_the_client_came_into_step():
    drift = found(incident("greeting-split-heals"), "SYNC201")
    assert drift.exchanges == (1, 1)
    assert drift.details["recovered"] == 2
    assert drift.message.endswith("until MAIL")


def test_commands_out_of_turn_that_follow_from_it_say_so():
    named = [
        finding.details.get("because")
        for finding in findings(incident("late-reply-eaten-by-rset"), NO_FACTS)
        if finding.rule.code in ("SYNC104", "SYNC106")
    ]
    assert named
    assert set(named) <= {"SYNC107", "SYNC201"}


def test_what_has_not_drifted_has_no_last_drifted_exchange():
    with pytest.raises(ValueError, match="without drift"):
        last_drifted(UNREAD)
