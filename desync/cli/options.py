"""Options that several commands have, word for word alike.

May know click; must not know what any command does with them.
"""

import os
from collections.abc import Callable
from typing import Any, Final

import click

from desync.cli.printing import FORMATS

port_option: Final = click.option(
    "--port",
    "ports",
    multiple=True,
    type=click.IntRange(1, 65535),
    metavar="N",
    help="Expect mail on this port too. Repeatable.",
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
    help="How to print the report.",
)
output_option: Final = click.option(
    "--output", "-o", metavar="FILE", help="Write the report to FILE instead of standard output."
)
everybody_option: Final = click.option(
    "--all", "everything", is_flag=True, help="Every client and every server, not those that tell most."
)
no_progress_option: Final = click.option(
    "-q", "--quiet", is_flag=True, help="No progress bar on standard error; errors only."
)


def printing_options(what: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """The options of a command that prints something else than a report: how, and where to.

    Args:
        what: What it prints, as in "How to print the timeline".
    """
    form = click.option(
        "--format",
        "form",
        type=click.Choice(("text", "json", "jsonl")),
        default="text",
        show_default=True,
        help=f"How to print the {what}.",
    )
    output = click.option(
        "--output", "-o", metavar="FILE", help="Write it to FILE instead of standard output."
    )
    return lambda command: form(output(command))
