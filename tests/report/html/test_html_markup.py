from html import unescape
from html.parser import HTMLParser

from hypothesis import given
from hypothesis import strategies as st

from desync.report.escape import escape
from desync.report.html.markup import element, joined, opening, plain_text, text


class Reader(HTMLParser):
    def __init__(self, markup):
        super().__init__(convert_charrefs=True)
        self.tags, self.words = [], ""
        self.feed(markup)
        self.close()

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))

    def handle_data(self, data):
        self.words += data


@given(st.text(st.characters()))
def test_any_text_comes_back_as_it_was_written(words):
    read = Reader(element("p", words))
    assert {tag for tag, _ in read.tags} <= {"p", "bdi"}
    assert read.words == escape(words)


@given(st.text(st.characters()))
def test_any_text_may_stand_in_an_attribute(words):
    read = Reader(element("p", title=words))
    assert read.tags == [("p", {"title": escape(words)})]


@given(st.text(st.characters()))
def test_a_picture_holds_no_element_made_of_a_text(words):
    assert "<" not in plain_text(words)
    assert unescape(plain_text(words)) == escape(words)


def test_markup_is_not_escaped_again():
    inner = element("b", "a < b")
    assert element("p", inner, " & more") == "<p><b>a &lt; b</b> &amp; more</p>"
    assert joined([inner, None, inner]) == inner + inner


def test_attributes_that_say_nothing_are_left_out():
    assert opening("details", open=False, id=None, hidden=True, x=1.5) == '<details hidden x="1.5">'
    assert opening("p", class_="dim", aria_label="a") == '<p class="dim" aria-label="a">'


def test_letters_from_right_to_left_are_isolated_word_by_word():
    assert text("a \u05d0\u05d1 \u05d2 b") == "a <bdi>\u05d0\u05d1</bdi> <bdi>\u05d2</bdi> b"
