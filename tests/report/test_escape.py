import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desync.report.escape import escape

ANYTHING = st.text(st.characters(exclude_categories=()))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("220 mx.example.net ESMTP", "220 mx.example.net ESMTP"),
        ("250 ok\r\n", "250 ok\\r\\n"),
        ("\x1b[31mred", "\\x1b[31mred"),
        ("\x9b31m", "\\x9b31m"),
        ("\x7f\x00\t", "\\x7f\\x00\\t"),
        ("a\u202eb\u2066c", "a\\u202eb\\u2066c"),
        ("a\u200bb\ufeff\u2028", "a\\u200bb\\ufeff\\u2028"),
        ("\udc80\udcff\ud800", "\\x80\\xff\\ud800"),
        ("\U000e0041\u3164\ufe0f", "\\U000e0041\\u3164\\ufe0f"),
        ("Grüße 東京", "Grüße 東京"),
        ("[red]C:\\x", "[red]C:\\x"),
    ],
)
def test_what_is_not_plain_becomes_a_visible_escape(text, shown):
    assert escape(text) == shown


def test_a_terminal_without_unicode_gets_ascii():
    assert escape("Grüße 東", ascii_only=True) == "Gr\\xfc\\xdfe \\u6771"


@given(ANYTHING)
def test_nothing_but_printable_text_comes_out(text):
    shown = escape(text)
    assert shown.isprintable()
    assert not {unicodedata.category(character) for character in shown} & {"Cc", "Cf", "Cs", "Zl", "Zp"}
    assert escape(shown) == shown
    assert escape(text, ascii_only=True).isascii()
