"""The command ``desync evidence``: an annotated capture of the connections that matter."""

import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace

import click

from desync.analysis.options import Options
from desync.archive.discovery import STANDARD_INPUT
from desync.cli import library
from desync.cli.either import Either, either_of, ended
from desync.cli.exit_codes import ExitCode
from desync.cli.library import Evidence
from desync.cli.options import jobs_option, no_progress_option, port_option, redact_option
from desync.cli.output import binary_output, complain, refuse_input_as_output
from desync.cli.parameters import complete_codes, read_codes, time_of
from desync.cli.printing import failure
from desync.cli.progress import scan_progress
from desync.errors import CaptureError, DesyncError, UsageError


@click.command("evidence", short_help="Write an annotated capture of chosen connections.")
@click.argument("paths", nargs=-1, type=click.Path(), metavar="PATH...")
@click.option(
    "--stream",
    "streams",
    multiple=True,
    type=click.IntRange(min=0),
    metavar="N",
    help="A connection: Wireshark's tcp.stream, as 'desync scan' prints it. Repeatable.",
)
@click.option(
    "--finding",
    "--select",
    "codes",
    callback=read_codes,
    shell_complete=complete_codes,
    metavar="CODE,...",
    help="Every connection with one of these findings; SYNC stands for all SYNC codes.",
)
@click.option(
    "--output", "-o", required=True, metavar="FILE", help="The pcapng file to write; '-' for standard output."
)
@click.option("--unredacted", is_flag=True, help="Leave mail text and credentials as they were captured.")
@redact_option
@port_option
@jobs_option
@no_progress_option
def evidence_command(  # noqa: PLR0917 - one argument for each option
    paths: tuple[str, ...],
    streams: tuple[int, ...],
    codes: tuple[str, ...],
    output: str,
    unredacted: bool,  # noqa: FBT001 - a flag of the command line
    redact: bool,  # noqa: FBT001 - a flag of the command line
    ports: tuple[int, ...],
    jobs: int,
    quiet: bool,  # noqa: FBT001 - a flag of the command line
) -> int:
    """Write the frames of connections, annotated, to a pcapng file that Wireshark opens.

    PATH is a capture, a directory, or a case of an earlier run, whose captures are read again.
    Without --stream and --finding every connection with a finding above a note is written.

    Each frame is as it was captured, with its time and interface, and has a comment: what
    'desync scan' found there, and its number in the capture it is from. Fragments, copies and ICMP
    errors belong to it. Mail text and credentials are overwritten at the same length, so that
    the file can be handed on and says the same when it is scanned.

    \b
    Examples:
      desync evidence captures/ccnotes-1999.snoop --stream 0 --output case.pcapng
      desync evidence /var/spool/captures --finding SYNC102 --output misread.pcapng
      desync evidence mail.sqlite --redact-addresses --output to-the-vendor.pcapng

    Exit code: as for 'desync scan'; 2 if there is no such connection; 3 too if one was left out.
    """  # noqa: D301 - click takes the backspace as it is
    chosen = _inputs(paths, output)
    try:
        inputs, options, digests = _what_to_read(chosen, Options(ports=ports, jobs=jobs), quiet=quiet)
        refuse_input_as_output(output, list(inputs))
        with scan_progress(inputs, wanted=not quiet) as progress:
            found = library.evidence(
                inputs, options, progress, streams=streams, codes=codes, private=not unredacted, rename=redact
            )
        if found.analysed:
            with binary_output(output) as stream:
                found.write(stream)
    except UsageError as error:
        raise click.UsageError(str(error)) from error
    except CaptureError as error:
        complain(str(error))
        return ExitCode.NOTHING_ANALYSED
    except DesyncError as error:
        return failure(error)
    return _ended(found, digests)


def _inputs(paths: Sequence[str], output: str) -> Either:
    """Check what is to be read and where it goes.

    Raises:
        UsageError: Captures are read twice, which standard input cannot be; or octets would go to a terminal.
    """
    if STANDARD_INPUT in paths:
        message = "captures are read twice; standard input cannot be"
        raise click.UsageError(message)
    if output == STANDARD_INPUT and sys.stdout is not None and sys.stdout.isatty():
        message = "standard output is a terminal; name a file with --output"
        raise click.UsageError(message)
    return either_of(paths, output)


def _what_to_read(
    chosen: Either, options: Options, *, quiet: bool
) -> tuple[Sequence[str], Options, Mapping[str, str]]:
    """The captures, how they are to be judged, and what they were when a case was made of them."""
    if chosen.case is None:
        return chosen.inputs, options, {}
    _, document = chosen.read(options, quiet=quiet)
    asked, captures = document["options"], document["captures"]
    if asked["merge"]:
        message = (
            "the case was made with --merge; join the captures of both directions (mergecap) and name them"
        )
        raise click.UsageError(message)
    paths = [one["path"] for one in captures]
    if STANDARD_INPUT in paths:
        message = "the case was made of standard input, which cannot be read again"
        raise click.UsageError(message)
    options = replace(
        options,
        ports=(*options.ports, *asked["ports"]),
        hosts=tuple(asked["hosts"]),
        since=None if asked["since"] is None else time_of(asked["since"]),
        until=None if asked["until"] is None else time_of(asked["until"]),
    )
    return paths, options, {one["path"]: one["sha256"] for one in captures}


def _ended(found: Evidence, digests: Mapping[str, str]) -> ExitCode:
    """Say what is not there, and give the exit code."""
    code = ended(found, {})
    changed = [path for path, digest in found.digests.items() if digests.get(path, digest) != digest]
    for path in changed:
        complain(f"{path} is not what it was when the case was made")
    for reason in found.left_out:
        complain(f"left out: {reason}")
    partial = bool(changed or found.left_out) and code is ExitCode.ANALYSED
    return ExitCode.PARTIAL if partial else code
