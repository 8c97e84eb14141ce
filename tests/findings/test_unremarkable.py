"""What is left out where the rules are not imported is what they would not have said."""

import pytest

from desync.archive.traits import DUPLICATE_RISK
from desync.capture.problems import Problem
from desync.findings.judge import judge_capture
from desync.findings.quality import CaptureQuality, Clock
from desync.findings.rules.sync205_mail_duplicate_risk import RULE

SOUND = Clock(known=9, first_step=None, steps=0, largest=0, still=False)
FINE = CaptureQuality(index=0, frames=9, problems=(), clock=SOUND, opaque=())


def quality(**members):
    names = ("index", "frames", "problems", "clock", "opaque")
    return CaptureQuality(**{name: members.get(name, getattr(FINE, name)) for name in names})


def test_of_an_unremarkable_capture_no_rule_says_anything():
    assert FINE.unremarkable
    assert judge_capture(FINE) == []


@pytest.mark.parametrize(
    ("code", "members"),
    [
        ("CAP901", {"problems": (Problem("truncated", 24, 10, 9, "the file ends"),)}),
        ("CAP902", {"problems": (Problem("damaged", 24, 10, 9, "no header"),)}),
        ("CAP909", {"clock": Clock(9, None, 0, 0, still=True)}),
        ("CAP909", {"clock": Clock(9, 4, 1, 2 * 10**9, still=False)}),
        ("CAP909", {"clock": Clock(0, None, 0, 0, still=False)}),
        ("CAP910", {"opaque": ((None, "unknown", 3),)}),
    ],
)
def test_what_a_rule_says_something_of_is_remarkable(code, members):
    one = quality(**members)
    assert [finding.rule.code for finding in judge_capture(one)] == [code]
    assert not one.unremarkable


def test_the_code_of_messages_at_risk_is_that_of_their_rule():
    assert RULE.code == DUPLICATE_RISK
