"""The page's opening: what happened, in words, and what to do about it on each side.

May know groups of findings and the text report's words; must not know the evidence in detail.
"""

from collections import defaultdict
from collections.abc import Iterator
from typing import Final

from desync.report.html.markup import Html, element, joined
from desync.report.html.parts import Section, code_link, more, rule_page, section
from desync.report.html.sheet import PageSheet
from desync.report.jsonl import Document
from desync.report.text import advice_of
from desync.report.text_advice import Advice
from desync.report.text_changes import changes_of
from desync.report.text_groups import Group, Party, count_sessions
from desync.report.text_habit import MISREADS, misread_sentence
from desync.report.text_mail import at_risk, mail_headline
from desync.report.text_timeline import write_changes
from desync.report.text_verdict import Known, names_of, sections_of, write_headline
from desync.report.text_words import CERTAINTY, CERTAINTY_RANK, SEVERITY_RANK, period, plural

MEANINGS: Final = 6
"""Kinds of findings that are explained at once."""

MOST_CHANGES: Final = 200
"""Changes that are told where everything is asked for."""

MOST_NAMED: Final = 5
"""Clients, or servers, that a line names."""

WHO: Final = frozenset({"Clients that spoke out of turn", "Clients that lost step"})
"""Of the headings of ``sections_of`` those that say whose doing it was."""

STORY: Final = (
    "In a mail dialogue the server speaks first, and the client must have the whole of each reply before it "
    "goes on. A client that goes on too early takes what is left of a reply for the answer to its next "
    "command, and from there on it may believe mail delivered that was refused."
)
"""What the whole page is about, for somebody who never heard of it."""


def what_happened(document: Document, groups: list[Group], known: Known) -> Section:
    """Write the answer first: who spoke out of turn, since when, what it cost, how sure."""
    sheet = PageSheet()
    write_headline(sheet, document, groups)
    answer = element("div", sheet.markup(), class_="answer")
    grave = [group for group in groups if _matters(group)]
    dialogue = any(group.code.startswith("SYNC") for group in grave)
    story = element("p", STORY) if dialogue else None
    changes = changes_of(document)
    if changes:
        sheet.heading("What changed")
        write_changes(sheet, changes[:MOST_CHANGES], everything=document["options"]["all"])
    facts = _facts(document, groups, grave, known)
    return section("what-happened", "What happened", answer, story, facts, sheet.markup(), _meanings(grave))


def _facts(document: Document, groups: list[Group], grave: list[Group], known: Known) -> Html | None:
    """Write who it was, when it was seen, what it cost, how sure it is."""
    if not grave:
        return None
    blamed = [one for heading, several in sections_of(groups) if heading in WHO for one in several]
    found = (
        ("Who", list(_who(known, blamed))),
        ("When", [_when(grave)]),
        ("What it cost", [_cost(document)]),
        ("How sure", list(_how_sure(grave))),
    )
    rows = [
        joined([element("dt", name), *(element("dd", one) for one in words)])
        for name, words in found
        if words
    ]
    return element("dl", *rows, class_="fields")


def _who(known: Known, blamed: list[Party]) -> Iterator[Html | str]:
    """Name the clients that spoke out of turn or lost step."""
    for party in blamed[:MOST_NAMED]:
        concerned = count_sessions(party.findings, known.connections)
        total = max(known.sessions[party.side, party.address], concerned)
        often = f", in {concerned:,} of {plural(total, 'session')}"
        yield joined([element("strong", party.address), *names_of(party, known.connections), often])
    if len(blamed) > MOST_NAMED:
        yield f"and {len(blamed) - MOST_NAMED:,} more"


def _when(groups: list[Group]) -> str:
    times = sorted(one["time"] for group in groups for one in group.findings if one["time"] is not None)
    return period(times[0], times[-1]) if times else "the captures have no times"


def _cost(document: Document) -> str:
    unknown = sum(one["verdict"] == "unknown" for _, one in at_risk(document))
    words = mail_headline(document) or "No message is shown to be lost, or to come twice."
    fate = f"The fate of {plural(unknown, 'message')} is not known: the client had lost step."
    return f"{words} {fate}" if unknown else words


def _matters(group: Group) -> bool:
    return SEVERITY_RANK.get(group.severity, 0) > 0 and not group.code.startswith("CAP")


def _how_sure(groups: list[Group]) -> Iterator[Html]:
    """Say which kinds of findings are proved, and which are less than that."""
    codes: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for group in groups:
        codes[group.certainty][group.code] += group.sessions
    for certainty in sorted(codes, key=lambda one: -CERTAINTY_RANK.get(one, 0)):
        words = CERTAINTY.get(certainty, certainty)
        yield joined([element("strong", words), ": ", *_counted(codes[certainty])])


def _counted(codes: dict[str, int]) -> Iterator[Html | str]:
    for number, (code, sessions) in enumerate(sorted(codes.items())):
        yield f"{', ' if number else ''}"
        yield code_link(code)
        yield f" in {plural(sessions, 'session')}"


def _meanings(groups: list[Group]) -> Html | None:
    """Say what each kind of finding means, the gravest first."""
    codes = list(dict.fromkeys(group.code for group in groups))
    known = [found for found in map(rule_page, codes) if found is not None]
    if not known:
        return None
    fields = [
        joined([element("dt", code_link(one.code)), element("dd", " ".join(one.summary.split()))])
        for one in known[:MEANINGS]
    ]
    return joined(
        [
            element("h3", "What that means"),
            element("dl", *fields, class_="fields"),
            more(len(known) - MEANINGS, "more kinds of findings; each has its page at the end."),
        ]
    )


def what_to_do(document: Document, groups: list[Group]) -> Section | None:
    """Write what to do on the client's side and on the server's."""
    pieces = advice_of(groups)
    if not pieces:
        return None
    first = next((advice for advice in pieces if MISREADS.intersection(advice.codes)), None)
    cards = [_card(one, groups, misread_sentence(document) if one is first else "") for one in pieces]
    return section("what-to-do", "What to do", *cards)


def _card(advice: Advice, groups: list[Group], cured: str) -> Html:
    concerned = [group for group in groups if group.code in advice.codes]
    names = {group.code: group.name for group in concerned}
    title = [part for code in advice.codes for part in (", ", code_link(code), f" {names.get(code, '')}")][1:]
    sides = [("On the client", advice.client), ("On the server", advice.server)]
    fields = [joined([element("dt", side), element("dd", words)]) for side, words in sides if words]
    if cured:
        fields.append(element("dd", element("strong", cured)))
    seen = element("p", f"Seen with {_named(concerned)}", class_="dim")
    return element("div", element("h3", *title), seen, element("dl", *fields), class_="card")


def _named(groups: list[Group]) -> str:
    """Name the parties that an advice concerns."""
    ends = dict.fromkeys(f"{group.side} {group.address}" for group in groups if group.side != "capture")
    named = ", ".join(list(ends)[:MOST_NAMED])
    return f"{named} and {len(ends) - MOST_NAMED:,} more" if len(ends) > MOST_NAMED else named
