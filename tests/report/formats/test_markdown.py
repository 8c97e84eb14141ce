import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from report import documents
from report.hostile import TEXTS, hostile, unprintable

from desync.report.escape import escape
from desync.report.formats.markdown import markdown
from desync.report.formats.markdown_sheet import MarkdownSheet
from desync.report.formats.markdown_text import code_span, prose

PARSER = MarkdownIt("commonmark").enable(["table", "strikethrough"])

BLOCKS = {
    *("heading_open", "heading_close", "paragraph_open", "paragraph_close", "inline", "fence"),
    *("bullet_list_open", "bullet_list_close", "list_item_open", "list_item_close"),
}
INLINE = {"text", "text_special", "code_inline", "strong_open", "strong_close"}
LINKED = re.compile(
    r"[@#<>`*_\[\]|~$\\]|://|www\.|\b[A-Za-z][A-Za-z0-9]*-[0-9]+\b|\b[0-9a-f]{7,}\b|:[a-z+][\w+]*:|\w\.[a-z]"
)
"""What a tracker would make a link of, or Markdown something else than letters."""


LETTERS = st.sampled_from("ab 1-.:,;\"'`*_[]()<>@#\\~|\n&=+!{}") | st.characters()


def parsed(text):
    """The blocks of a text, and what stands in them, code apart from prose."""
    tokens = PARSER.parse(text)
    inside = [child for token in tokens for child in token.children or ()]
    return tokens, inside


def assert_harmless(text):
    tokens, inside = parsed(text)
    assert {token.type for token in tokens} <= BLOCKS
    assert {child.type for child in inside} <= INLINE
    read = [child.content for child in inside if child.type.startswith("text")]
    assert not [words for words in read if LINKED.search(words.replace("**", ""))]


@pytest.mark.parametrize("name", documents.ALL)
def test_it_is_markdown_and_says_what_the_text_report_says(name):
    document = documents.ALL[name]()
    printed = "".join(markdown(document))
    assert_harmless(printed)
    assert unprintable(printed) == []
    assert printed.startswith("# ")
    for code in {one["code"] for one in document["findings"] if one["severity"] != "note"}:
        assert code in printed


def test_what_a_ticket_needs_is_there():
    printed = "".join(markdown(documents.incident_1999()))
    assert "**1 client spoke out of turn, in 1 of 1 mail connection.**" in printed
    assert "\n## What to do\n" in printed
    assert "- Wireshark: `frame.number in {4,6,8}`\n" in printed
    assert "- where: `captures/ccnotes-1999.snoop`, `tcp.stream` 0, frames 4, 6, 8\n" in printed
    assert '- sent: frame 6: `"HELO gw.example.net"`\n' in printed


def test_columns_stand_side_by_side_in_code():
    printed = "".join(markdown(documents.drifted()))
    fences = [token for token in parsed(printed)[0] if token.type == "fence"]
    assert any("what was true" in token.content and "550 no such user" in token.content for token in fences)


@pytest.mark.parametrize("text", TEXTS)
def test_nothing_hostile_gets_through(text):
    for document in (documents.drifted(), documents.damaged(), documents.many(2, 3)):
        for everything in (False, True):
            document["options"]["all"] = everything
            printed = "".join(markdown(hostile(document, text)))
            assert_harmless(printed)
            assert unprintable(printed) == []


@given(st.text(LETTERS, max_size=60))
def test_prose_reads_as_it_was_written(text):
    written = prose(text)
    assert unprintable(written) == []
    tokens, inside = parsed(f"x {written} x")
    assert [token.type for token in tokens] == ["paragraph_open", "inline", "paragraph_close"]
    assert {child.type for child in inside} <= INLINE
    read = "".join(child.content for child in inside)
    assert read.split() == ["x", *escape(text).split(), "x"]


PARTS = st.lists(
    st.tuples(st.text(LETTERS, max_size=12), st.sampled_from(["", "bold", "bold red", "dim"])),
    min_size=1,
    max_size=5,
)


@given(PARTS, st.sampled_from(["paragraph", "row", "label", "more"]))
@example([("<", ""), ("", "bold"), ("0000000", "")], "paragraph")
def test_parts_of_all_styles_read_as_they_were_written(parts, kind):
    sheet = MarkdownSheet()
    if kind in {"label", "more"}:
        sheet.field("held" if kind == "label" else "", *parts)
    else:
        getattr(sheet, kind)(*parts)
    written = sheet.taken()
    assert unprintable(written) == []
    tokens, inside = parsed(written)
    assert {token.type for token in tokens} <= BLOCKS - {"fence"}
    assert {child.type for child in inside} <= INLINE
    read = "".join(child.content for child in inside).removeprefix("held:")
    wanted = escape("".join(words for words, _ in parts))
    assert "".join(read.replace("*", "").split()) == "".join(wanted.replace("*", "").split())


@given(st.text(st.sampled_from("a` ") | st.characters(), min_size=1, max_size=30))
@example(" ")
@example("` `")
def test_a_code_span_holds_what_was_put_in(text):
    _, (before, code, after) = parsed(f"x{code_span(text)}x")
    assert (before.content, after.content) == ("x", "x")
    assert code.content == escape(text)


@pytest.mark.parametrize(
    "text", ["1. x", "2) x", "- x", "+ x", "# x", "> x", "```", "    x", "===", "---", "x\n==="]
)
def test_a_paragraph_is_one_whatever_it_begins_with(text):
    sheet = MarkdownSheet()
    sheet.paragraph(("", "bold"), text)
    tokens, _ = parsed(sheet.taken())
    assert [token.type for token in tokens] == ["paragraph_open", "inline", "paragraph_close"]


@pytest.mark.parametrize(
    "word",
    [
        *("@admin", "#12", "KEY-12", "deadbeef", "www.e.test", "https://e.test", "user@e.test", "e.test"),
        *(
            "<b>",
            "a_b_c",
            "*x*",
            ":smile:.",
            "&lt;.",
            "[x](y)",
            "{code}",
            "~x~",
            "192.0.2.17",
            "GH-1",
            "a\\b",
        ),
    ],
)
def test_what_is_no_word_is_code(word):
    assert prose(f"see {word}, and so on") == f"see `{word}`, and so on"
    assert prose(word) == f"`{word}`"


def test_words_stay_prose():
    text = "The client's whole-reply (3 of 1,234, or 0.5 %) at 11:05:11.150000: SYNC102; see RFC 5321."
    assert prose(text) == text
