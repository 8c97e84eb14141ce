"""Judge a conversation or a capture by all rules: the only place where that happens.

May know the catalogue; must not know any single rule.
"""

from functools import partial

from desync.exchanges.conversation import Conversation
from desync.findings.catalogue import MODULES, module_of
from desync.findings.disputed import judge_disputed
from desync.findings.finding import Facts, Finding
from desync.findings.quality import CaptureQuality
from desync.findings.runs import runs


def judge(conversation: Conversation, facts: Facts) -> list[Finding]:
    """Judge a connection.

    Returns:
        Findings in the order of their frames, then of their codes.
    """
    if conversation.connection.disputed:
        found = judge_disputed(conversation, partial(_all_findings, facts=facts))
    else:
        found = _all_findings(conversation, facts)
    found.sort(key=order)
    rows = conversation.connection.rows
    if len(found) > 1 and len(set(rows.capture)) > 1:
        # Captures need not be numbered in the order of time, and may have been merged.
        places = {place: row for row, place in enumerate(zip(rows.capture, rows.frame, strict=True))}
        found.sort(key=lambda one: places.get(one.frame, -1) if one.frame else -1)
    return found


def _all_findings(conversation: Conversation, facts: Facts) -> list[Finding]:
    """What every rule finds, in no order."""
    found = [
        finding
        for module in MODULES
        if hasattr(module, "find")
        for finding in module.find(conversation, facts)
    ]
    # Which command is out of turn in which way is found out once, for all rules that ask.
    found += [module_of(run.code).find_run(conversation, run) for run in runs(conversation, facts)]
    return found


def judge_capture(quality: CaptureQuality) -> list[Finding]:
    """Judge a capture as a whole, in the order of its octets."""
    return [
        finding
        for module in MODULES
        if hasattr(module, "find_in_capture")
        for finding in module.find_in_capture(quality)
    ]


def order(finding: Finding) -> tuple[int, int, str, tuple[int, int]]:
    """Where a finding comes among others of its connection."""
    place = finding.frame
    return (
        place.capture if place else -1,
        place.frame if place else 0,
        finding.rule.code,
        finding.exchanges or (-1, -1),
    )
