"""The command ``desync schema``: the JSON Schema of the report."""

import json

import click

from desync.cli.output import text_output


@click.command("schema", short_help="Print the JSON Schema of the report.")
@click.argument("document", type=click.Choice(("report", "timeline", "compare")), default="report")
def schema_command(document: str) -> None:
    """Print the JSON Schema of what 'desync scan', 'desync timeline' or 'desync compare' print.

    \b
    Examples:
      desync schema > desync-report-1.schema.json
      desync schema timeline > desync-timeline-1.schema.json
      desync schema compare > desync-compare-1.schema.json
    """  # noqa: D301 - click takes the backspace as it is
    from desync.report.schema import (  # noqa: PLC0415 - only this command needs it
        compare_schema,
        report_schema,
        timeline_schema,
    )

    schema = {"report": report_schema, "timeline": timeline_schema, "compare": compare_schema}[document]()
    with text_output(None) as stream:
        stream.write(json.dumps(schema, indent=2) + "\n")
