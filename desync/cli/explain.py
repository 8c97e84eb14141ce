"""The command ``desync explain``: what a finding means, and what a mail log's line points to."""

from itertools import groupby

import click

from desync.cli.exit_codes import ExitCode
from desync.cli.options import pager_option
from desync.cli.output import text_output
from desync.cli.parameters import complete_findings
from desync.errors import UsageError
from desync.report.escape import escape


@click.command("explain", short_help="Explain a finding, or a line of a mail log.")
@click.argument("words", nargs=-1, metavar="[CODE|NAME|LINE]", shell_complete=complete_findings)
@pager_option
def explain_command(words: tuple[str, ...]) -> int:
    """Explain a finding by its code or name, or find it from a line of a mail log.

    Without an argument all findings are listed.

    \b
    Examples:
      desync explain SYNC102
      desync explain command-on-reply-fragment
      desync explain "improper command pipelining after EHLO from mx.example.net"
    """  # noqa: D301 - click takes the backspace as it is
    if not words:
        _write_catalogue()
        return ExitCode.ANALYSED
    asked = " ".join(words)
    if not _write_page(asked):
        _write_log_line(asked)
    return ExitCode.ANALYSED


def _write_catalogue() -> None:
    # Only this command needs the rules, and rich, which takes a while to import.
    from desync.findings.catalogue import RULES  # noqa: PLC0415 - see above
    from desync.report.text_explain import write_catalogue  # noqa: PLC0415 - see above
    from desync.report.text_sheet import Sheet, text_console  # noqa: PLC0415 - see above

    with text_output(None, paged=True) as output:
        sheet = Sheet(text_console(output))
        write_catalogue(sheet, RULES)
        sheet.blank()
        sheet.paragraph("'desync explain CODE' says what a finding means and what to do about it.")


def _write_page(asked: str) -> bool:
    """Write the page of a code or name; tell whether there is one."""
    from desync.findings.pages import page  # noqa: PLC0415 - imports every rule
    from desync.report.text_explain import write_page  # noqa: PLC0415 - brings rich along
    from desync.report.text_sheet import Sheet, text_console  # noqa: PLC0415 - brings rich along

    try:
        found = page(asked)
    except UsageError:
        return False
    with text_output(None, paged=True) as output:
        write_page(Sheet(text_console(output)), found)
    return True


def _write_log_line(line: str) -> None:
    """Write which findings a line of a mail log points to.

    Raises:
        UsageError: It points to none.
    """
    from desync.findings.mail_log import codes_for  # noqa: PLC0415 - only this command needs it
    from desync.report.text_sheet import Sheet, text_console  # noqa: PLC0415 - brings rich along

    matches = codes_for(line)
    if not matches:
        asked = escape(line)[:80]
        message = f"'{asked}' is no code, no name and no known line of a mail log; 'desync explain' lists all"
        raise click.UsageError(message)
    with text_output(None, paged=True) as output:
        sheet = Sheet(text_console(output))
        for meaning, alike in groupby(matches, lambda match: match.meaning):
            for match in alike:
                sheet.paragraph((match.code, "bold"), f"  {match.name}  ({match.mta})", hang=2)
            sheet.paragraph(meaning, indent=2)
            sheet.blank()
        sheet.paragraph("What it was, only a capture of the connection can say: 'desync scan'.")
