"""What the exit code of a command says; the same for every format.

May know how much of the input was analysed; must not know formats.
"""

from collections.abc import Mapping
from enum import IntEnum
from typing import Any

from desync.report.text_words import SEVERITY_RANK


class ExitCode(IntEnum):
    """The exit codes of every command; a lower line does not win over a higher one."""

    INTERRUPTED = 130
    USAGE = 2
    NOTHING_ANALYSED = 4
    PARTIAL = 3
    FINDINGS = 1
    ANALYSED = 0


def scan_exit_code(*, analysed: int, partial: bool, failed: bool) -> ExitCode:
    """Weigh what a scan came to.

    Args:
        analysed: Captures that were analysed, damaged ones included.
        partial: Some input was damaged, unreadable, or no capture though named.
        failed: There are findings that ``--fail-on`` asks about.
    """
    if not analysed:
        return ExitCode.NOTHING_ANALYSED
    if partial:
        return ExitCode.PARTIAL
    return ExitCode.FINDINGS if failed else ExitCode.ANALYSED


def has_findings(document: Mapping[str, Any], level: str) -> bool:
    """Whether the document holds a finding as grave as ``level`` or graver.

    Notes of clean connections count, although the document may only count them.
    """
    if SEVERITY_RANK[level] == 0:
        return any(document["summary"]["by_code"].values())
    wanted = SEVERITY_RANK[level]
    return any(SEVERITY_RANK[finding["severity"]] >= wanted for finding in document["findings"])
