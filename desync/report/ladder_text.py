"""Write what stands above and below a ladder: the ends, the files, the findings.

May know the connection's document; must not know rungs.
"""

from collections.abc import Mapping
from typing import Any

from desync.report.text_sheet import Sheet
from desync.report.text_turn import drift_words, reader_words, write_turn
from desync.report.text_verdict import STYLE
from desync.report.text_words import CAPTURE_POINT, CERTAINTY, clip, clock, left_out_words, plural

_LIMIT = 600


def write_header(sheet: Sheet, connection: Mapping[str, Any], captures: Mapping[int, str]) -> None:
    """Write both ends, where the capture was taken, and the files."""
    client, server = connection["client"], connection["server"]
    name = f'  says it is "{clip(client["name"], _LIMIT)}"' if client["name"] else ""
    banner = f'  "{clip(server["banner"], _LIMIT)}"' if server["banner"] else ""
    sheet.field("client C", (f"{client['address']} port {client['port']}", "bold"), name, indent=0)
    sheet.field("server S", (f"{server['address']} port {server['port']}", "bold"), banner, indent=0)
    for part in connection["parts"]:
        path = captures.get(part["capture"], "unknown file")
        number = f"{part['capture']}: " if len(connection["parts"]) > 1 else ""
        stream = f", tcp.stream {part['stream']}" if part["stream"] is not None else ""
        frames = f", frames {part['first_frame']} to {part['last_frame']}"
        sheet.field("file", f"{number}{path}{stream}{frames}", indent=0)
    sheet.field("captured", CAPTURE_POINT.get(connection["capture_point"], "not known"), indent=0)
    sheet.field("began", clock(connection["first_time"]), indent=0)
    if connection["reader"] is not None and connection["reader"]["model"] is not None:
        sheet.field("reader", reader_words(connection["reader"]), indent=0)
    if connection["drift"] is not None:
        sheet.field("out of step", drift_words(connection), indent=0)
    gaps = connection["tcp"]["gaps"]
    if gaps:
        missing = sum(gap["octets"][1] - gap["octets"][0] for gap in gaps)
        sheet.field("missing", f"{plural(missing, 'octet')} in {plural(len(gaps), 'hole')}", indent=0)
    words = left_out_words(connection["left_out"])
    if words:
        sheet.field("left out", f"{words} in step: what was believed is said only of the others", indent=0)
    sheet.blank()


def write_footer(sheet: Sheet, connection: Mapping[str, Any]) -> None:
    """Write the legend, then what each finding says and the filter that shows its frames."""
    end = "|" if sheet.ascii_only else "┃"
    sheet.blank()
    sheet.paragraph(
        ("octets: place in the sender's stream. acked: octets of the other side's stream that ", "dim"),
        (f"the segment acknowledges. {end} the segment ends inside a line.", "dim"),
    )
    if connection["drift"] is not None:
        sheet.blank()
        sheet.paragraph("The replies, and what the client took for each:")
        sheet.blank()
        write_turn(sheet, connection, whole=True)
    for finding in connection["findings"]:
        sheet.blank()
        sheet.paragraph(
            (f"{finding['code']} {finding['name']}", STYLE.get(finding["severity"], "")),
            f"  {finding['severity']}: {CERTAINTY.get(finding['certainty'], '')}",
            hang=2,
        )
        sheet.paragraph(clip(finding["message"], _LIMIT), indent=2)
        if finding["filter"]:
            sheet.literal("  ", finding["filter"])
