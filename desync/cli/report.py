"""The command ``desync report``: print the report that a case holds."""

import click

from desync.archive.case.error import CaseError
from desync.cli import library
from desync.cli.options import fail_on_option, format_option, output_option, pager_option, redact_option
from desync.cli.output import complain, refuse_case_as_output
from desync.cli.printing import View, exit_code, failure, print_report, refuse_form


@click.command("report", short_help="Print the report of a case again.")
@click.argument("case", type=click.Path(), metavar="CASE")
@format_option
@output_option
@redact_option
@fail_on_option
@click.option("-q", "--quiet", is_flag=True, help="No remarks on standard error; errors only.")
@click.option(
    "-v", "--verbose", is_flag=True, help="Show every finding, and name the files that are no captures."
)
@pager_option
def report_command(  # noqa: PLR0917 - one argument for each option
    case: str,
    form: str,
    output: str | None,
    redact: bool,  # noqa: FBT001 - a flag of the command line
    fail_on: str | None,
    quiet: bool,  # noqa: FBT001 - a flag of the command line
    verbose: bool,  # noqa: FBT001 - a flag of the command line
) -> int:
    """Print the report that CASE holds, as 'desync scan --case CASE' printed it.

    Nothing but the case is read. It is the report of the last run that came to its end, with
    the options of that run: clean connections and notes are there if it was run with --all.

    \b
    Examples:
      desync scan --case mail.sqlite /var/spool/captures
      desync report mail.sqlite --format json

    Exit code: as for 'desync scan'; 2 if the case cannot be used.
    """  # noqa: D301 - click takes the backspace as it is
    refuse_form(form, output)
    refuse_case_as_output(output, case)
    try:
        report = library.stored(case)
    except CaseError as error:
        return failure(error)
    document = report.view()
    if not report.finished and not quiet:
        complain("a later run on this case has not come to its end; this is the report before it")
    print_report(report, document, View(form, output, report.everything, quiet, verbose, redact))
    return exit_code(report, document, fail_on)
