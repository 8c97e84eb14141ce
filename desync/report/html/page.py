"""Print the report as one self-contained page: no network, no script, nothing to install.

May know the order of the page's sections; must not know how any of them is written.

The page forbids itself everything but its own style sheet, named by its hash: even if a text out of a
capture became an element, a browser would load and run nothing.
"""

import base64
import hashlib
from collections.abc import Iterator

from desync.report.html.connections import connections
from desync.report.html.ends import clients, mail, parties, servers
from desync.report.html.listing import clean
from desync.report.html.markup import Html, element, joined, opening, plain_text
from desync.report.html.opening import what_happened, what_to_do
from desync.report.html.parts import Section
from desync.report.html.provenance import counts, provenance
from desync.report.html.rules import rules
from desync.report.html.sheet import PageSheet
from desync.report.html.style import STYLE
from desync.report.html.thinning import thinned
from desync.report.html.timeline import timeline
from desync.report.jsonl import Document
from desync.report.text_counts import write_title
from desync.report.text_groups import Group, group_findings
from desync.report.text_verdict import known_of


def html(document: Document) -> Iterator[str]:
    """Yield the page in pieces.

    Args:
        document: The report, as ``report/schema.py`` describes it; long lists may be made as they are read.

    Raises:
        KeyError: The document lacks a field that the schema requires. No text in any field can
            make this function raise.
    """
    document = thinned(document)
    groups = group_findings(document)
    sections = [one for one in _sections(document, groups) if one is not None]
    yield _head(document)
    links = [element("li", element("a", one.title, href=f"#{one.name}")) for one in sections]
    yield element("nav", element("ul", *links), aria_label="Contents")
    yield opening("main", id="main")
    for one in sections:
        yield from one.pieces()
    yield "</main></body></html>\n"


def _sections(document: Document, groups: list[Group]) -> Iterator[Section | None]:
    """Yield the sections in the order in which they are needed."""
    known = known_of(document)
    described = parties(groups, known)
    yield what_happened(document, groups, known)
    yield what_to_do(document, groups)
    yield mail(document)
    yield clients(document, described[0])
    yield servers(document, described[1])
    yield timeline(document)
    yield connections(document, groups)
    yield counts(document)
    yield clean(document)
    yield provenance(document)
    yield rules(document)


def _head(document: Document) -> Html:
    digest = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    sheet = PageSheet()
    write_title(sheet, document)
    return joined(
        [
            Html("<!DOCTYPE html>\n<html lang=en dir=ltr><head>"),
            opening("meta", charset="utf-8"),
            opening("meta", http_equiv="Content-Security-Policy", content=policy),
            opening("meta", name="viewport", content="width=device-width, initial-scale=1"),
            opening("meta", name="color-scheme", content="light dark"),
            opening("meta", name="referrer", content="no-referrer"),
            element("title", plain_text(f"desync report: {_subject(document)}")),
            Html(f"<style>{STYLE}</style></head>\n<body>"),
            element("a", "Skip to what happened", href="#main", class_="skip"),
            element("header", element("h1", "Report on mail dialogues"), sheet.markup()),
        ]
    )


def _subject(document: Document) -> str:
    captures = document["captures"]
    return str(captures[0]["path"]) if len(captures) == 1 else f"{len(captures)} captures"
