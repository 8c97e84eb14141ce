"""What the report rests on: the captures and their hashes, what ails them, the program, its options.

May know the document's captures and options; must not know what was found in the dialogue.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from desync.report.html.markup import Child, Html, element, joined
from desync.report.html.parts import Section, code_link, more, section, table
from desync.report.jsonl import Document
from desync.report.text_captures import located, problems_of
from desync.report.text_counts import rule_name
from desync.report.text_words import CAPTURE_PROBLEM, clip, left_out_words, period, plural

MOST_CAPTURES: Final = 500
MOST_PROBLEMS: Final = 20
MOST_REFUSED: Final = 100
FEW_REFUSED: Final = 5
MOST_DAMAGE: Final = 20
LIMIT: Final = 400

_ALL: Final = "--format json lists all"


def counts(document: Document) -> Section:
    """Write how often everything was found, notes of clean connections too."""
    summary = document["summary"]
    rows = [
        [code_link(code), rule_name(code), f"{count:,}"] for code, count in sorted(summary["by_code"].items())
    ]
    words = (
        f"{plural(summary['connections'], 'TCP connection')}, {summary['mail']:,} of them mail, "
        f"{summary['encrypted']:,} encrypted."
    )
    found = table("All findings, by code", ("Code", "Name", "Times"), rows, numbers=2) if rows else None
    none = None if rows else element("p", "No findings, not even a note.")
    return section("findings", "Everything that was found", element("p", words), found, none)


def provenance(document: Document) -> Section:
    """Write what the report rests on and what it cannot know."""
    tool = document["tool"]
    made = element("p", f"Made by {tool['name']} {tool['version']}, report format {document['schema']}.")
    return section(
        "provenance",
        "What this rests on",
        made,
        _captures(document),
        _unknown(document),
        _damage(document),
        _refused(document),
        _options(document["options"]),
    )


def _captures(document: Document) -> Html | None:
    captures = document["captures"]
    if not captures:
        return None
    titles = ("File", "Format", "When", "SHA-256", "Octets", "Frames", "of TCP")
    rows = [_capture(one) for one in captures[:MOST_CAPTURES]]
    rest = more(len(captures) - MOST_CAPTURES, f"more captures; {_ALL}.")
    return joined(
        [element("h3", "Captures"), table("Captures that were read", titles, rows, numbers=4), rest]
    )


def _capture(one: Mapping[str, Any]) -> list[Child]:
    kind = (one["format"] or "unknown format") + (f" in {one['compression']}" if one["compression"] else "")
    when = period(one["first_time"], one["last_time"]) if one["first_time"] else "no times"
    digest = element("code", one["sha256"], class_="copy hash") if one["sha256"] else "not computed"
    numbers = (one["size"], one["frames"], one["tcp_frames"])
    return [one["path"], kind, when, digest, *(_number(number) for number in numbers)]


def _number(number: int | None) -> str:
    return "unknown" if number is None else f"{number:,}"


def _unknown(document: Document) -> Html | None:
    """Write what could not be known, and why: problems of the captures, encryption, what is left out."""
    found = list(_problems(document))
    encrypted = document["summary"]["encrypted"]
    if encrypted:
        words = f"{plural(encrypted, 'connection')} encrypted from the first octet: nothing is known of it."
        found.append(element("p", words))
    left_out = [one["left_out"] for one in document["connections"] if any(one["left_out"].values())]
    if left_out:
        total = {name: sum(one[name] for one in left_out) for name in left_out[0]}
        where = plural(len(left_out), "very long connection")
        words = f"{left_out_words(total)} of {where}: counted and judged, not in this report."
        found.append(element("p", words))
    if not found and document["captures"]:
        return element("p", "Nothing is known to be missing from these captures.")
    return joined([element("h3", "What could not be known"), *found]) if found else None


def _problems(document: Document) -> Iterator[Html]:
    paths = {one["index"]: one["path"] for one in document["captures"]}
    for (code, name), findings in problems_of(document):
        listed = [
            element("li", *(clip(part, LIMIT) for part in located(paths, one)))
            for one in findings[:MOST_PROBLEMS]
        ]
        yield element("p", code_link(code), f" {name}: {CAPTURE_PROBLEM.get(code, '')}")
        rest = more(len(findings) - MOST_PROBLEMS, f"more of these; {_ALL}.")
        yield joined([element("ul", *listed), rest])


def _damage(document: Document) -> Html | None:
    rows = [
        (one["path"], f"{damage['offset']:,}", _number(damage["octets"]))
        for one in document["captures"]
        for damage in one["damage"]
    ]
    if not rows:
        return None
    shown = table(
        "Damage in the files",
        ("File", "From octet", "Octets that cannot be read"),
        rows[:MOST_DAMAGE],
        numbers=1,
    )
    return joined([shown, more(len(rows) - MOST_DAMAGE, f"more; {_ALL}.")])


def _refused(document: Document) -> Html | None:
    refused = document["summary"]["not_analysed"]
    if not refused:
        return None
    rows = [(clip(one["path"], LIMIT), clip(one["reason"], LIMIT)) for one in refused[:MOST_REFUSED]]
    words = table("Files that were not analysed", ("File", "Why"), rows)
    summary = element("summary", f"{plural(len(refused), 'file')} not analysed")
    rest = more(len(refused) - MOST_REFUSED, f"more; {_ALL}.")
    inside = element("details", summary, words, rest, open=len(refused) <= FEW_REFUSED)
    return joined([element("h3", "Not analysed"), inside])


def _options(options: Mapping[str, Any]) -> Html:
    rows = [joined([element("dt", name), element("dd", _option(value))]) for name, value in options.items()]
    return joined([element("h3", "Options"), element("dl", *rows, class_="fields")])


def _option(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "none"
    return "none" if value is None else str(value)
