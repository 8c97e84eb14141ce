"""Print a comparison: who is out of step now, who recovered, and on what each verdict rests.

May know the document of a comparison; must not know how it comes about.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from rich.console import Console

from desync.report.compare.text_rows import write_client, write_quiet, write_rows, write_server
from desync.report.compare.words import Row
from desync.report.text_sheet import Sheet
from desync.report.text_sides import write_sides
from desync.report.text_words import percent, plural


@dataclass(frozen=True, slots=True)
class _Section:
    """Clients of some verdicts.

    Attributes:
        title: Its heading.
        about: What they have in common.
        verdicts: Their verdicts.
        now: Whether they are out of step in B; None: whether or not.
    """

    title: str
    about: str
    verdicts: tuple[str, ...]
    now: bool | None = None

    def holds(self, row: Row) -> bool:
        """Whether a client belongs to it."""
        return row["verdict"] in self.verdicts and self.now in {None, _out(row, "b") > 0}


_WORSE: Final = _Section(
    "Worse than before", "Out of step in B in more sessions than in A, or in B alone.", ("worse", "new")
)
_STILL: Final = _Section("Still out of step", "Out of step in A and in B.", ("still", "fewer"))
_UNKNOWN_BEFORE: Final = _Section(
    "Out of step in B, not known before",
    "Whether they were so in A cannot be told.",
    ("not-tested", "too-few", "only-b"),
    now=True,
)
_RECOVERED: Final = _Section(
    "Recovered", "Out of step in A. In B they were put to the test, and in step.", ("recovered",)
)
_SPARED: Final = _Section(
    "Spared",
    "Out of step in A, and not in B, where their replies came whole. They may read as before.",
    ("spared",),
)
_UNKNOWN_NOW: Final = _Section(
    "Not known whether they recovered",
    "Out of step in A and not in B, where too little was seen of them.",
    ("not-tested", "too-few"),
    now=False,
)
_GONE: Final = _Section("Not seen in B", "Out of step in A.", ("only-a",))

_SECTIONS: Final = (_WORSE, _STILL, _UNKNOWN_BEFORE, _RECOVERED, _SPARED, _UNKNOWN_NOW, _GONE)


def write_comparison(document: Mapping[str, Any], console: Console, *, everything: bool = False) -> None:
    """Print a comparison to a console.

    Args:
        document: The comparison.
        console: Where to; ``text_sheet.text_console`` makes one.
        everything: All clients and servers, not those that tell most.
    """
    sheet = Sheet(console)
    out = [row for row in document["clients"] if _out(row, "a") or _out(row, "b")]
    write_sides(sheet, document, "sessions")
    sheet.blank()
    empty = [side for side in ("A", "B") if not document[side.lower()]["sessions"]]
    if empty:
        words = f"No mail connection in {' and '.join(empty)}: there is nothing to compare."
        sheet.paragraph((words, "bold yellow"))
        return
    _write_headline(sheet, document, out)
    for section in _SECTIONS:
        rows = sorted(filter(section.holds, out), key=lambda row: (-_out(row, "b"), -_out(row, "a")))
        if rows:
            sheet.heading(section.title)
            sheet.paragraph(section.about, indent=2)
            sheet.blank()
            write_rows(sheet, rows, write_client, "client", everything=everything)
    if everything:
        _write_in_step(
            sheet, [row for row in document["clients"] if not _out(row, "a") and not _out(row, "b")]
        )
    if document["servers"]:
        sheet.heading("Servers")
        write_rows(sheet, document["servers"], write_server, "server", everything=everything)
    if out:
        sheet.heading("How sure")
        _write_guard(sheet, document["guard"])


def _write_in_step(sheet: Sheet, rows: Sequence[Row]) -> None:
    if rows:
        sheet.heading("Never out of step")
    for row in rows:
        write_quiet(sheet, row)


def _out(row: Row, side: str) -> int:
    """In how many sessions of a side a client was out of step."""
    return 0 if row[side] is None else int(row[side]["out_of_step"])


def _write_headline(sheet: Sheet, document: Mapping[str, Any], out: Sequence[Row]) -> None:
    """Write the answer in a few sentences, and what stands in the way of comparing at all."""
    a, b = document["a"], document["b"]
    before, after = (_share(side) for side in (a, b))
    if out:
        sheet.paragraph((f"Clients were out of step in {before} in A, in {after} in B.", "bold"))
    else:
        sheet.paragraph((f"No client was out of step, in {before} in A and {after} in B.", "bold green"))
    for sentence in (_sentence_of_a(out), _sentence_of_b(out)):
        if sentence:
            sheet.paragraph((sentence, "bold"))
    never = document["verdicts"]["clients"]["in-step"]
    if never and out:
        sheet.paragraph(f"{plural(never, 'client')} seen in both, never out of step.")
    for remark in _remarks(document):
        sheet.paragraph((remark, "yellow"))


def _share(side: Row) -> str:
    clear = side["sessions"] - side["encrypted"]
    out = side["out_of_step"]
    return f"{out:,} of {plural(clear, 'session')}" + (f" ({percent(out, clear)})" if out else "")


def _sentence_of_a(out: Sequence[Row]) -> str:
    """Say what became of those that were out of step in A."""
    rows = [row for row in out if _out(row, "a")]
    sections = (
        (_RECOVERED, "recovered"),
        (_SPARED, "spared (their replies came whole)"),
        (_STILL, "still out of step"),
        (_WORSE, "worse"),
        (_UNKNOWN_NOW, "not put to the test"),
        (_GONE, "not in B"),
    )
    counts = [(sum(map(section.holds, rows)), words) for section, words in sections]
    parts = ", ".join(f"{count:,} {words}" for count, words in counts if count)
    return f"Of {plural(len(rows), 'client')} out of step in A: {parts}." if rows else ""


def _sentence_of_b(out: Sequence[Row]) -> str:
    """Say who is out of step in B that was not in A."""
    rows = [row for row in out if not _out(row, "a")]
    new = sum(map(_WORSE.holds, rows))
    if not rows:
        return ""
    parts = [
        f"{count:,} {words}"
        for count, words in ((new, "new"), (len(rows) - new, "not known before"))
        if count
    ]
    return f"Out of step in B and not in A: {plural(len(rows), 'client')}, {', '.join(parts)}."


def _remarks(document: Mapping[str, Any]) -> Iterator[str]:
    """What makes the two hard to compare."""
    if document["options_differ"]:
        yield f"A and B were analysed with different options: {', '.join(document['options_differ'])}."
    if document["order"] == "b-earlier":
        yield "B was captured before A."
    elif document["order"] == "overlap":
        yield "The times of A and B overlap: sessions may be in both."


def _write_guard(sheet: Sheet, guard: Row) -> None:
    times = round(1 / guard["chance"])
    sheet.paragraph(
        "A client is said to have changed where chance alone shows as much at most 1 time in "
        f"{times} (Fisher's exact test), with at least {guard['sessions']} sessions on each side. It "
        "is asked of all its sessions, and of those with a split reply where split replies are all that it "
        "misread. Clients are matched by address.",
        indent=2,
    )
