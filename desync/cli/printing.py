"""Print a report in any format, say beside it what could not be analysed, and end with the right code.

May know formats by name; must not know where a report comes from.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

import click

from desync.archive.case.error import CaseError
from desync.cli.exit_codes import ExitCode, has_findings, scan_exit_code
from desync.cli.library import Came, Report
from desync.cli.output import binary_output, complain, text_output
from desync.errors import DesyncError, UsageError
from desync.report.formats.registry import PARQUET, RENDERERS, TEXT


class View(NamedTuple):
    """How the report is to be shown.

    Attributes:
        form: One of ``report.formats.registry.FORMATS``.
        output: A file, or None for standard output.
        everything: Whether clean connections and notes are shown too.
        quiet: Whether standard error is for errors only.
        verbose: Whether every finding is shown, and every file named that is no capture.
        redact: Whether pseudonyms stand for names and addresses.
    """

    form: str
    output: str | None
    everything: bool
    quiet: bool
    verbose: bool
    redact: bool = False


def print_report(report: Report, document: Mapping[str, Any], view: View) -> None:
    """Print a report, and on standard error what could not be analysed."""
    errors = [path for path, _ in report.unreadable]
    if view.redact:
        _print(*_redacted(document, errors), view)
    else:
        _print(document, errors, view)
    _complain_of(report, document, view)


def exit_code(report: Came, document: Mapping[str, Any], fail_on: str | None) -> ExitCode:
    """The exit code for a report.

    Args:
        report: The report.
        document: Its document.
        fail_on: How grave a finding has to be to count, or None: none does.
    """
    partial = bool(report.unreadable) or report.damaged
    failed = fail_on is not None and has_findings(document, fail_on)
    return scan_exit_code(analysed=report.analysed, partial=partial, failed=failed)


def refuse_form(form: str, output: str | None) -> None:
    """Refuse a format that cannot be printed, before any work is done for it.

    Raises:
        UsageError: It needs a file, and none is named; or an extra that is not installed.
    """
    if form != PARQUET:
        return
    if output is None or output == "-":
        message = "parquet is no text: name a file with --output"
        raise click.UsageError(message)
    from desync.report.formats.extras import require  # noqa: PLC0415 - seldom asked for

    try:
        require("pyarrow", "--format parquet")
    except UsageError as error:
        raise click.UsageError(str(error)) from error


def failure(error: DesyncError) -> ExitCode:
    """Say what stopped a command, and give the exit code for it.

    Not what is in a capture stops one: the case or the cluster cannot be used, a worker was killed, or a
    capture went away in the middle.
    """
    complain(str(error))
    return ExitCode.USAGE if isinstance(error, CaseError | UsageError) else ExitCode.NOTHING_ANALYSED


def _redacted(document: Mapping[str, Any], errors: list[str]) -> tuple[Mapping[str, Any], list[str]]:
    """The document with pseudonyms, and those of the paths that could not be analysed."""
    from desync.report.redacted.document import Redaction  # noqa: PLC0415 - seldom asked for

    redaction = Redaction()
    redacted = redaction.document(document)
    return redacted, [redaction.names.path(path) for path in errors]


def _print(document: Mapping[str, Any], errors: list[str], view: View) -> None:
    # Each format imports what it needs: rich takes longer to import than a small file to analyse.
    if view.form == PARQUET:
        from desync.report.formats.arrow import write_parquet  # noqa: PLC0415 - see above
        from desync.report.formats.tables import table  # noqa: PLC0415 - see above

        with binary_output(view.output or "") as file:
            write_parquet(table("findings"), document, file)
        return
    with text_output(view.output, paged=view.form == TEXT) as stream:
        if view.form == TEXT:
            from desync.report.text import write_text  # noqa: PLC0415 - see above
            from desync.report.text_sheet import text_console  # noqa: PLC0415 - see above

            write_text(
                document, text_console(stream), everything=view.everything or view.verbose, errors=errors
            )
        else:
            stream.writelines(RENDERERS[view.form](document))


def _complain_of(report: Report, document: Mapping[str, Any], view: View) -> None:
    """Say what could not be analysed.

    A readable file that was only met in a directory and is no capture is counted, no more.
    """
    refused = [(one["path"], one["reason"]) for one in document["summary"]["not_analysed"]]
    for path, reason in refused if view.verbose else report.unreadable:
        complain(f"{path}: {reason}")
    for path, remark in () if view.quiet else report.remarks:
        complain(f"{path}: {remark}")
    others = len(refused) - len(report.unreadable)
    if others and not view.quiet:
        words = "file is no capture and was" if others == 1 else "files are no captures and were"
        complain(f"{others:,} other {words} left out")
    if not report.analysed:
        complain("nothing could be analysed")
