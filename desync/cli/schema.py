"""The command ``desync schema``: the JSON Schema of the report."""

import json
from collections.abc import Callable
from typing import Any, Final

import click

from desync.cli.output import text_output

DOCUMENTS: Final = ("report", "timeline", "compare", "points", "jsonl", "csv", "timesketch", "eve", "tables")
"""What there are schemas of."""


def _schemas() -> dict[str, Callable[[], dict[str, Any]]]:
    # Only this command needs them.
    from desync.report.formats.schemas import (  # noqa: PLC0415 - see above
        eve_schema,
        jsonl_schema,
        tables_schema,
        timesketch_schema,
    )
    from desync.report.formats.tables import TABLES  # noqa: PLC0415 - see above
    from desync.report.schema import compare_schema, report_schema, timeline_schema  # noqa: PLC0415 - see above
    from desync.report.schema_points import points_schema  # noqa: PLC0415 - see above

    return {
        "report": report_schema,
        "timeline": timeline_schema,
        "compare": compare_schema,
        "points": points_schema,
        "jsonl": jsonl_schema,
        "csv": lambda: tables_schema(TABLES[:1]),
        "timesketch": timesketch_schema,
        "eve": eve_schema,
        "tables": lambda: tables_schema(TABLES),
    }


@click.command("schema", short_help="Print the JSON Schema of the report.")
@click.argument("document", type=click.Choice(DOCUMENTS), default="report")
def schema_command(document: str) -> None:
    """Print the JSON Schema of what 'desync scan', 'timeline', 'compare' or 'compare --points' print.

    'report', which goes without saying, 'timeline', 'compare' and 'points' describe what --format json
    prints; 'jsonl', 'timesketch' and 'eve' a line of these formats. 'csv' describes the columns of
    --format csv, and 'tables' those of Parquet files and data frames, as CSVW metadata.

    \b
    Examples:
      desync schema > desync-report-1.schema.json
      desync schema timeline > desync-timeline-1.schema.json
      desync schema compare > desync-compare-1.schema.json
      desync schema points > desync-points-1.schema.json
      desync schema csv > findings.csv-metadata.json
    """  # noqa: D301 - click takes the backspace as it is
    with text_output(None) as stream:
        stream.write(json.dumps(_schemas()[document](), indent=2) + "\n")
