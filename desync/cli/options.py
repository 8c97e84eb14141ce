"""Options that several commands have, word for word alike.

May know click; must not know what any command does with them.
"""

import os
from collections.abc import Callable, Sequence
from typing import Any, Final

import click

from desync.report.formats.registry import FORMATS

port_option: Final = click.option(
    "--port",
    "ports",
    multiple=True,
    type=click.IntRange(1, 65535),
    metavar="N",
    help="Expect mail on this port too. Repeatable.",
)
stream_option: Final = click.option(
    "--stream",
    required=True,
    type=click.IntRange(min=0),
    metavar="N",
    help="The connection: Wireshark's tcp.stream, as 'desync scan' prints it.",
)
jobs_option: Final = click.option(
    "--jobs",
    "-j",
    type=click.IntRange(min=1),
    default=lambda: len(os.sched_getaffinity(0)),
    metavar="N",
    help="Processes that work at once.  [default: one for each core]",
)
cluster_option: Final = click.option(
    "--cluster",
    metavar="ADDRESS",
    help="Let the workers of the Dask scheduler at ADDRESS (tcp://192.0.2.1:8786) do the work instead. They "
    "read captures by the same paths. Dask runs whatever code is sent to it: trusted schedulers only. Needs "
    "desync[cluster].",
)
fail_on_option: Final = click.option(
    "--fail-on",
    type=click.Choice(("note", "warning", "error")),
    help="Exit with 1 if there is a finding as grave as this.",
)
format_option: Final = click.option(
    "--format",
    "form",
    type=click.Choice(FORMATS),
    default="text",
    show_default=True,
    help="How to print the report. csv, timesketch, eve (like Suricata's) and parquet have a row for each "
    "finding; markdown is for tickets. parquet needs --output and desync[parquet].",
)
output_option: Final = click.option(
    "--output",
    "-o",
    type=click.Path(allow_dash=True),
    metavar="FILE",
    help="Write the report to FILE instead of standard output.",
)


def _without_pager(context: click.Context, _param: click.Parameter, value: bool) -> None:  # noqa: FBT001 - click's call
    if value:
        context.meta["desync-pager"] = False


pager_option: Final = click.option(
    "--no-pager",
    is_flag=True,
    expose_value=False,
    callback=_without_pager,
    help="On a terminal: do not show long text through a pager (less, or what PAGER says).",
)
redact_option: Final = click.option(
    "--redact-addresses",
    "redact",
    is_flag=True,
    help="Show pseudonyms for addresses, host names, senders, recipients and files, the same in all of the "
    "output; in replies too.",
)
everybody_option: Final = click.option(
    "--all", "everything", is_flag=True, help="Every client and every server, not those that tell most."
)
no_progress_option: Final = click.option(
    "-q", "--quiet", is_flag=True, help="No progress bar on standard error; errors only."
)


def printing_options(
    what: str, forms: Sequence[str] = ("text", "json", "jsonl")
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """The options of a command that prints something else than a report: how, and where to.

    Args:
        what: What it prints, as in "How to print the timeline".
        forms: The formats that it has.
    """
    form = click.option(
        "--format",
        "form",
        type=click.Choice(forms),
        default="text",
        show_default=True,
        help=f"How to print the {what}.",
    )
    output = click.option(
        "--output",
        "-o",
        type=click.Path(allow_dash=True),
        metavar="FILE",
        help="Write it to FILE instead of standard output.",
    )
    return lambda command: form(output(command))
