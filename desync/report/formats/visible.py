"""Make every text of a part of the document printable, for programs that show what they are given.

May know JSON's values; must not know what they say.
"""

import json
from collections.abc import Mapping
from typing import Any, Final

from desync.report.escape import escape

_ENCODER: Final = json.JSONEncoder(ensure_ascii=True, allow_nan=False, separators=(",", ":"))


def visible(value: Any) -> Any:
    """Escape all texts in a value, however deep, its members' names too; numbers and null stay."""
    if isinstance(value, str):
        return escape(value)
    if isinstance(value, Mapping):
        return {escape(str(name)): visible(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [visible(each) for each in value]
    return value


def visible_json(value: Any) -> str:
    """Write a value as JSON of one line, US-ASCII, with no text in it that a reader could not see."""
    return _ENCODER.encode(visible(value))
