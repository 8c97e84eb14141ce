"""The command ``desync schema``: the JSON Schema of the report."""

import json

import click

from desync.cli.output import text_output


@click.command("schema", short_help="Print the JSON Schema of the report.")
def schema_command() -> None:
    """Print the JSON Schema of what 'desync scan --format json' prints.

    \b
    Example:
      desync schema > desync-report-1.schema.json
    """  # noqa: D301 - click takes the backspace as it is
    from desync.report.schema import report_schema  # noqa: PLC0415 - only this command needs it

    with text_output(None) as stream:
        stream.write(json.dumps(report_schema(), indent=2) + "\n")
