"""A case made and read back within the process of a test."""

from pathlib import Path

from desync.analysis.options import Options
from desync.archive.case.case import Case, stored_report
from desync.report.jsonl import json_lines, json_pieces
from desync.report.report import scan

CAPTURES = Path(__file__).parents[3] / "captures"
OPTIONS = Options(hash=True)


def printed(document):
    return "".join(json_pieces(document)) + "".join(json_lines(document))


def plainly(paths, options=OPTIONS):
    """What a scan without a case prints."""
    return printed(scan(paths, options=options).view(all=options.details))


def run(paths, options=OPTIONS, case="case.sqlite", *, verify=False):
    """Scan into a case.

    Returns:
        What was printed, how many captures were analysed, and how many were known.
    """
    with Case(case, options, verify=verify) as opened:
        report = scan(paths, options=options, store=opened.work)
        document = report.view(all=options.details)
        opened.finish(document, [path for path, _ in report.unreadable], damaged=report.damaged)
        return printed(document), opened.work.analysed, opened.work.recalled


def again(case="case.sqlite"):
    """What the case prints."""
    return printed(stored_report(case).document)
