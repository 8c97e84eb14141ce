"""The command ``desync schema``: the JSON Schema of the report."""

import json

import click

from desync.cli.output import text_output


@click.command("schema", short_help="Print the JSON Schema of the report.")
@click.argument("document", type=click.Choice(("report", "timeline", "compare", "points")), default="report")
def schema_command(document: str) -> None:
    """Print the JSON Schema of what 'desync scan', 'timeline', 'compare' or 'compare --points' print.

    \b
    Examples:
      desync schema > desync-report-1.schema.json
      desync schema timeline > desync-timeline-1.schema.json
      desync schema compare > desync-compare-1.schema.json
      desync schema points > desync-points-1.schema.json
    """  # noqa: D301 - click takes the backspace as it is
    from desync.report.schema import (  # noqa: PLC0415 - only this command needs it
        compare_schema,
        report_schema,
        timeline_schema,
    )
    from desync.report.schema_points import points_schema  # noqa: PLC0415 - only this command needs it

    schema = {
        "report": report_schema,
        "timeline": timeline_schema,
        "compare": compare_schema,
        "points": points_schema,
    }[document]()
    with text_output(None) as stream:
        stream.write(json.dumps(schema, indent=2) + "\n")
