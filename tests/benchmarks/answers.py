"""Hold desync's report against what the generator made: a wrong answer is no speed.

May know the report's format and the truth; must not know times.
"""

import json
from collections import Counter
from pathlib import Path

from generate import Truth


def mistakes(report: Path, truth: Truth) -> list[str]:
    """Say what is wrong in a report, in words; nothing if all of it is right."""
    try:
        document = json.loads(report.read_bytes())
    except ValueError:
        return ["no report"]
    found: Counter[str] = Counter()
    for connection in document["connections"]:
        findings = connection["findings"]
        found.update({one["code"] for one in findings if one["severity"] != "note"})
    wrong = []
    for name, seen, true in (
        ("frames", document["captures"][0]["frames"], truth.frames),
        ("mail connections", document["summary"]["mail"], truth.mail),
        *((code, found[code], truth.broken.get(code, 0)) for code in sorted({*found, *truth.broken})),
    ):
        if seen != true:
            wrong.append(f"{name}: {seen:,} for {true:,}")
    return wrong
