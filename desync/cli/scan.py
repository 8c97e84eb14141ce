"""The command ``desync scan``: analyse captures and print the report."""

import time
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import click

from desync.analysis.options import Options
from desync.cli import library
from desync.cli.inputs import inputs_of
from desync.cli.library import Report
from desync.cli.options import (
    cluster_option,
    fail_on_option,
    format_option,
    jobs_option,
    output_option,
    pager_option,
    port_option,
    redact_option,
)
from desync.cli.output import refuse_case_as_output
from desync.cli.parameters import complete_codes, read_addresses, read_codes, read_time
from desync.cli.printing import View, exit_code, failure, print_report, refuse_form
from desync.cli.progress import on_terminal, say_summary, scan_progress
from desync.errors import DesyncError
from desync.report.formats.registry import HASHED


@click.command("scan", short_help="Analyse captures and print the report.")
@click.argument("paths", nargs=-1, type=click.Path(allow_dash=True), metavar="PATH...")
@click.option(
    "-r", "reads", multiple=True, type=click.Path(allow_dash=True), metavar="PATH", help="The same as PATH."
)
@click.option(
    "--files-from",
    "lists",
    multiple=True,
    type=click.Path(allow_dash=True),
    metavar="FILE",
    help="Read the names of captures and directories from FILE ('-': standard input), each ended by a "
    "line feed, or by NUL (find -print0).",
)
@format_option
@output_option
@port_option
@click.option(
    "--host",
    "hosts",
    multiple=True,
    callback=read_addresses,
    metavar="A",
    help="Only connections of this address. Repeatable.",
)
@click.option(
    "--since",
    callback=read_time,
    metavar="T",
    help="Only connections with a frame at T or later (2026-11-22T14:05:00Z; UTC if no zone).",
)
@click.option("--until", callback=read_time, metavar="T", help="Only connections with a frame before T.")
@click.option(
    "--select",
    callback=read_codes,
    shell_complete=complete_codes,
    metavar="CODE,...",
    help="Only these findings; SYNC stands for all SYNC codes.",
)
@click.option(
    "--ignore",
    callback=read_codes,
    shell_complete=complete_codes,
    metavar="CODE,...",
    help="All findings but these.",
)
@redact_option
@fail_on_option
@click.option(
    "--case",
    type=click.Path(),
    metavar="FILE",
    help="Keep results in FILE (SQLite), made where there is none. A run that was stopped goes on from "
    "there, and captures that are known are not read again. Implies --hash.",
)
@click.option(
    "--verify", is_flag=True, help="With --case: hash known captures again, and read those that changed."
)
@jobs_option
@cluster_option
@click.option(
    "--merge",
    is_flag=True,
    help="Join connections whose two directions lie in different captures (a tap's two ports, two routes).",
)
@click.option("--hash", "hashed", is_flag=True, help="Put the SHA-256 of each capture into the report.")
@click.option(
    "--all", "everything", is_flag=True, help="Show clean connections, notes and every finding too."
)
@click.option(
    "-q", "--quiet", is_flag=True, help="No progress bar and no remarks on standard error; errors only."
)
@click.option(
    "-v",
    "--verbose",
    is_flag=True,
    help="Show every finding, name the files that are no captures, and log each file on standard error.",
)
@pager_option
def scan_command(  # noqa: PLR0917 - one argument for each option
    paths: tuple[str, ...],
    reads: tuple[str, ...],
    lists: tuple[str, ...],
    form: str,
    output: str | None,
    ports: tuple[int, ...],
    hosts: tuple[str, ...],
    since: int | None,
    until: int | None,
    select: tuple[str, ...],
    ignore: tuple[str, ...],
    redact: bool,  # noqa: FBT001 - a flag of the command line
    fail_on: str | None,
    case: str | None,
    verify: bool,  # noqa: FBT001 - a flag of the command line
    jobs: int,
    cluster: str | None,
    merge: bool,  # noqa: FBT001 - a flag of the command line
    hashed: bool,  # noqa: FBT001 - a flag of the command line
    everything: bool,  # noqa: FBT001 - a flag of the command line
    quiet: bool,  # noqa: FBT001 - a flag of the command line
    verbose: bool,  # noqa: FBT001 - a flag of the command line
) -> int:
    """Analyse captures: which client spoke before the reply had arrived, and the proof.

    PATH is a capture taken with tcpdump, Wireshark or snoop (pcap, pcapng, snoop; gzip, zstd,
    xz, bz2, lz4), a tar or zip archive of them or a member of one (all.tar.gz/mail.pcap), a
    directory, a pattern, a URL that fsspec knows (with desync[cluster]), or '-' for standard
    input. Files of one rotation (tcpdump -C, -G, -W, dumpcap -b, editcap) are read
    as one capture, in the order of time. Nothing is written but the report, and the case if one is named.

    \b
    Examples:
      desync scan mail.pcap
      desync scan --port 2526 /var/spool/captures
      tcpdump -r big.pcap -w - 'tcp port 25' | desync scan --format json -
      desync scan --case mail.sqlite /var/spool/captures
      desync scan --format csv --output findings.csv /var/spool/captures
      find /var/spool/captures -mtime -7 -type f -print0 | desync scan --files-from -

    \b
    Exit code: 0 analysed, 1 findings that --fail-on names, 2 wrong usage
    or a case that cannot be used, 3 analysed in part (a file was damaged,
    unreadable, or no capture), 4 nothing could be analysed.
    """  # noqa: D301 - click takes the backspace as it is
    refuse_form(form, output)
    inputs = inputs_of([*paths, *reads], lists, output)
    options = Options(
        ports=ports,
        hosts=hosts,
        since=since,
        until=until,
        select=select,
        ignore=ignore,
        jobs=jobs,
        cluster=cluster,
        hash=hashed or case is not None or form in HASHED,
        details=everything,
        merge=merge,
    )
    view = View(form, output, everything, quiet, verbose, redact)
    if case is None and verify:
        message = "--verify needs --case"
        raise click.UsageError(message)
    refuse_case_as_output(output, case)
    return _run(inputs, options, view, _Case(case, verify), fail_on)


class _Case(NamedTuple):
    """The case that results are kept in, or None; and whether what it knows is to be hashed again."""

    path: str | None
    verify: bool


def _run(inputs: Sequence[str], options: Options, view: View, case: _Case, fail_on: str | None) -> int:
    """Analyse, print, and give the exit code."""
    began = time.monotonic()
    try:
        report, document = _analyse(inputs, options, view, case)
    except DesyncError as error:
        return failure(error)
    print_report(report, document, view)
    if not view.quiet and (view.verbose or (on_terminal() and len(document["captures"]) > 1)):
        say_summary(document, time.monotonic() - began)
    return exit_code(report, document, fail_on)


def _analyse(
    paths: Sequence[str], options: Options, view: View, case: _Case
) -> tuple[Report, Mapping[str, Any]]:
    with scan_progress(paths, wanted=not view.quiet, verbose=view.verbose) as progress:
        if case.path is None:
            report = library.scan(paths, options, progress)
            return report, report.view(all=view.everything)
        return library.scan_into(case.path, paths, options, progress, verify=case.verify)
