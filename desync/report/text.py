"""Print the report for people: the answer first, then what to do, then the evidence.

May know the order of the report's parts; must not know how each is written.
"""

from collections.abc import Collection, Iterator

from rich.console import Console

from desync.report.jsonl import Document
from desync.report.text_advice import Advice, advice_for
from desync.report.text_captures import write_captures, write_not_analysed
from desync.report.text_changes import changes_of
from desync.report.text_connections import write_connections
from desync.report.text_counts import write_counts, write_title
from desync.report.text_evidence import write_evidence
from desync.report.text_groups import Group, group_findings
from desync.report.text_habit import MISREADS, misread_sentence
from desync.report.text_mail import write_mail
from desync.report.text_sheet import Sheet
from desync.report.text_timeline import write_changes
from desync.report.text_verdict import write_headline, write_parties
from desync.report.text_words import SEVERITY_RANK, plural


def write_text(
    document: Document,
    console: Console,
    *,
    everything: bool = False,
    errors: Collection[str] | None = None,
) -> None:
    """Print the report to a console.

    Args:
        document: The report, as ``report/schema.py`` describes it.
        console: Where to; ``text_sheet.text_console`` makes one. Its width, colours and
            encoding are kept to.
        everything: Show all findings, connections and captures of the document, not the first
            few of each kind. Clean connections and their notes are there only where the
            document was made with ``all=True``.
        errors: Which of the paths that were not analysed should have been captures; the others
            were met in directories and are only counted. None: all.

    Raises:
        KeyError: The document lacks a field that the schema requires. No text in any field
            can make this function raise.
    """
    for _ in report_sections(Sheet(console), document, everything=everything, errors=errors):
        pass


def report_sections(
    sheet: Sheet, document: Document, *, everything: bool, errors: Collection[str] | None
) -> Iterator[None]:
    """Write the report, section by section; the arguments are those of ``write_text``.

    Yields:
        Nothing, after each section: what is on the sheet can be taken off it.
    """
    groups = group_findings(document)
    write_title(sheet, document)
    sheet.blank()
    write_headline(sheet, document, groups)
    yield
    if _nothing_to_say(document, groups, errors, everything=everything):
        _write_notes(sheet, document)
        _write_changes(sheet, document, everything=everything)
        yield
        return
    write_parties(sheet, document, groups, everything=everything)
    write_mail(sheet, document, everything=everything)
    _write_changes(sheet, document, everything=everything)
    _write_advice(sheet, document, groups)
    yield
    shown = _with_evidence(groups, everything=everything)
    yield from write_evidence(sheet, document, shown, everything=everything)
    if everything:
        write_connections(sheet, document)
    write_counts(sheet, document, everything=everything)
    write_captures(sheet, document, everything=everything)
    write_not_analysed(sheet, document, errors, everything=everything)
    yield


def _nothing_to_say(
    document: Document, groups: list[Group], errors: Collection[str] | None, *, everything: bool
) -> bool:
    """Whether the headline is all: nothing above a note, nothing left out, nobody asked for more."""
    grave = any(SEVERITY_RANK.get(group.severity, 0) > 0 for group in groups)
    refused = document["summary"]["not_analysed"] if errors is None else errors
    return not (grave or everything or refused)


def _write_notes(sheet: Sheet, document: Document) -> None:
    counts = document["summary"]["by_code"]
    if counts:
        listed = ", ".join(f"{code} {count:,}" for code, count in sorted(counts.items()))
        sheet.paragraph(f"{plural(sum(counts.values()), 'note')} ({listed}); --all shows them.")


def _write_changes(sheet: Sheet, document: Document, *, everything: bool) -> None:
    """Write when something changed, if anything did."""
    changes = changes_of(document)
    if changes:
        sheet.heading("When it changed")
        write_changes(sheet, changes, everything=everything)
        sheet.paragraph("More: desync timeline, with the same captures.", indent=2)


def _with_evidence(groups: list[Group], *, everything: bool) -> list[Group]:
    """Select the groups whose findings are shown one by one; the captures' have a section of their own."""
    return [
        group
        for group in groups
        if not group.code.startswith("CAP") and (everything or SEVERITY_RANK.get(group.severity, 0) > 0)
    ]


def advice_of(groups: list[Group]) -> list[Advice]:
    """Select what to do about findings above a note that the captures decide."""
    sure = [group for group in groups if group.certainty != "inconclusive"]
    return advice_for(group.code for group in sure if SEVERITY_RANK.get(group.severity, 0) > 0)


def _write_advice(sheet: Sheet, document: Document, groups: list[Group]) -> None:
    pieces = advice_of(groups)
    if not pieces:
        return
    sheet.heading("What to do")
    # What one write per reply would have prevented is said once, where it is first asked for.
    first = next((advice for advice in pieces if MISREADS.intersection(advice.codes)), None)
    for number, advice in enumerate(pieces):
        if number:
            sheet.blank()
        _write_piece(sheet, advice, misread_sentence(document) if advice is first else "")


def _write_piece(sheet: Sheet, advice: Advice, cured: str) -> None:
    sheet.paragraph((", ".join(advice.codes), "bold"), f"  (more: desync explain {advice.codes[0]})")
    if advice.client:
        sheet.field("client", advice.client)
    if advice.server:
        sheet.field("server", advice.server, f" {cured}" if cured else "")
