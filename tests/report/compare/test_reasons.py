"""Why a client was out of step: what set it off, not what followed from it."""

import pytest
from report import documents
from report.compare.two_archives import connection, finding

from desync.report.compare.reasons import REASONS, reasons_of, told_findings
from desync.report.compare.words import REASON

CLIENT = "192.0.2.17"
NOTE = documents.finding("REPLY302", severity="note", details=documents.FRAGMENT | {"split": "buffer"})


def reasons(*findings, **changes):
    one = connection(1, CLIENT, *findings, **changes)
    return reasons_of(one, told_findings(one))


@pytest.mark.parametrize(
    ("findings", "changes", "expected"),
    [
        ([finding("SYNC102")], {}, {"several-writes"}),
        ([finding("SYNC102", split="mss")], {}, {"longer-than-segment"}),
        ([finding("SYNC103", split="buffer")], {}, {"longer-than-buffer"}),
        ([finding("SYNC102", split="retransmission")], {}, {"sent-again"}),
        ([finding("SYNC103")], {"model": "line"}, {"line-reader"}),
        # It may as well take segments for replies.
        ([finding("SYNC103")], {"model": "line", "candidates": ["segment"]}, {"several-writes"}),
        ([finding("SYNC101")], {"model": "whole-reply"}, {"before-greeting"}),
        ([finding("SYNC101")], {"model": "blind"}, {"before-greeting", "never-waits"}),
        # By chance it held half a line.
        ([finding("SYNC102")], {"model": "blind"}, {"never-waits"}),
        (
            [finding("SYNC107"), finding("SYNC201", cause="late-reply", because="SYNC107")],
            {},
            {"gave-up-waiting"},
        ),
        ([finding("SYNC201", cause="surplus-reply", because="REPLY306")], {}, {"surplus-reply"}),
        ([finding("SYNC201"), finding("SYNC104", because="SYNC201")], {"model": "line"}, {"line-reader"}),
        ([finding("SYNC201", cause="split-reply"), NOTE], {}, {"longer-than-buffer"}),
        ([finding("SYNC201", cause="split-reply")], {}, {"split-unknown"}),
        ([finding("SYNC104"), finding("SYNC106")], {}, {"pipelining-not-offered", "mail-data-early"}),
        # What it follows from is not decided.
        (
            [finding("SYNC102") | {"certainty": "inconclusive"}, finding("SYNC104", because="SYNC102")],
            {},
            {"pipelining-not-offered"},
        ),
    ],
)
def test_what_set_it_off(findings, changes, expected):
    assert reasons(*findings, **changes) == expected


def test_what_is_not_decided_accuses_nobody():
    assert not told_findings(connection(1, CLIENT, finding("SYNC102") | {"certainty": "inconclusive"}, NOTE))


def test_every_reason_has_words():
    assert set(REASONS) <= set(REASON)
