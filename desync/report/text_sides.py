"""Two archives or captures that are laid side by side: how a text begins that tells of both.

May know the sheet and the words; must not know what is compared.
"""

from collections.abc import Mapping
from typing import Any

from desync.report.text_sheet import Sheet
from desync.report.text_words import period, plural


def write_sides(sheet: Sheet, document: Mapping[str, Any], counted: str) -> None:
    """Write what A and B are.

    Args:
        sheet: Where to.
        document: What is told; its members ``a`` and ``b`` are the two.
        counted: The member of each that counts mail connections.
    """
    tool = f"{document['tool']['name']} {document['tool']['version']}: "
    for before, name in ((tool, "A"), (" " * len(tool), "B")):
        side = document[name.lower()]
        words = f"{before}{name} is {side['path']}, {plural(side[counted], 'mail connection')}"
        if side["first_time"] is not None:
            words += f", {period(side['first_time'], side['last_time'])}"
        sheet.paragraph((words, "dim"), hang=len(tool))
