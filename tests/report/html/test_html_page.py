import base64
import hashlib
import re
from itertools import pairwise

import pytest
from report import documents
from report.html.pages import HOSTILE, WORDS, Page, full, hostile, page_of

DOCUMENTS = {
    "1999": documents.incident_1999,
    "drifted": documents.drifted,
    "full": full,
    "clean": documents.document,
    "nothing": lambda: documents.document(captures=[]),
    "hostile": lambda: hostile(full()),
    "all hostile": lambda: hostile(full(), kept=frozenset()),
}


@pytest.fixture(params=DOCUMENTS, scope="module")
def page(request):
    return Page(page_of(DOCUMENTS[request.param]()))


def test_every_element_is_closed_where_it_was_opened(page):
    assert page.crossed == []
    assert page.unclosed == []


def test_ids_are_unique_and_of_the_programs_own_words(page):
    ids = page.values("id")
    assert len(ids) == len(set(ids))
    assert all(re.fullmatch(r"[A-Za-z0-9-]+", one) for one in ids)


def test_links_lead_into_the_page_only(page):
    ids = set(page.values("id"))
    assert {one[1:] for one in page.values("href")} <= ids
    assert all(one.startswith("#") for one in page.values("href"))


def test_nothing_is_loaded_or_run(page):
    loading = {
        "script",
        "iframe",
        "object",
        "embed",
        "link",
        "base",
        "form",
        "img",
        "image",
        "use",
        "foreignobject",
    }
    assert not loading.intersection(tag for tag, _ in page.elements)
    for name in ("src", "srcset", "action", "style", "xlink:href", "srcdoc", "poster", "ping"):
        assert page.values(name) == []
    assert not [name for _, attributes in page.elements for name in attributes if name.startswith("on")]


def test_what_labels_something_is_there(page):
    ids = set(page.values("id"))
    for names in (*page.values("aria-labelledby"), *page.values("aria-describedby")):
        assert set(names.split()) <= ids


def test_headings_leave_out_no_level(page):
    levels = [int(tag[1]) for tag, _ in page.elements if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(later <= before + 1 for before, later in pairwise(levels))


def test_every_table_has_a_caption_and_its_heads_a_scope(page):
    captioned = [one for one in page.values("class") if one == "pairings"]
    assert page.count("caption") + len(captioned) == page.count("table")
    assert all("scope" in attributes for tag, attributes in page.elements if tag == "th")


def test_every_picture_says_in_words_what_it_shows(page):
    pictures = [attributes for tag, attributes in page.elements if tag == "svg"]
    assert all(one["role"] == "img" and one["aria-labelledby"] for one in pictures)
    assert page.count("desc") == len(pictures)


def test_what_scrolls_can_be_reached_with_the_keyboard(page):
    boxes = [attributes for _, attributes in page.elements if attributes.get("class") == "scroll"]
    assert all(one["tabindex"] == "0" and one["role"] == "region" and one["aria-label"] for one in boxes)


def test_the_page_allows_itself_its_own_style_sheet_and_nothing_else():
    markup = page_of(documents.incident_1999())
    style = re.search("<style>(.*)</style>", markup, re.DOTALL)[1]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = f"default-src &#x27;none&#x27;; style-src &#x27;sha256-{digest}&#x27;"
    assert f'content="{policy}' in markup
    assert "url(" not in style
    assert "@import" not in style


def test_the_same_document_gives_the_same_page():
    assert page_of(full()) == page_of(full())


def test_the_story_comes_first_and_in_the_order_in_which_it_is_needed():
    text = Page(page_of(full()).partition("<main")[2]).text
    places = [
        text.index(words)
        for words in (
            "1 client spoke out of turn, in 1 of 1 mail connection.",
            "Who 192.0.2.17 says it is gw.example.net, in 1 of 1 session",
            "What it cost 1 message was lost, though the sending side believes that it was delivered.",
            "proved : SYNC102 in 1 session",
            "the banner of 198.51.100.25 reads",
            "On the client Read every reply, the greeting too, with one single function.",
            "lost : from",
            "Clients that spoke out of turn",
            "client 192.0.2.17 15 sessions",
            "Connections in which something went wrong",
            "HELO was sent when 17 of the 39 octets of the greeting had been received",
            "frame.number in {4,6,8}",
            "ab" * 32,
            "octets 10 to 40 cannot be read",
            "Fires when",
        )
    ]
    assert places == sorted(places)


def test_the_pages_of_all_rules_that_occur_are_there_and_linked():
    page = Page(page_of(full()))
    assert {f"rule-{code}" for code in ("SYNC102", "SYNC201", "CAP902")} <= set(page.values("id"))
    assert "#rule-SYNC102" in page.values("href")


def test_a_code_without_a_page_is_named_but_not_linked():
    one = documents.finding("SYNC199", "of-a-newer-version")
    page = Page(page_of(documents.document(connections=[documents.connection("c0", one)])))
    assert "SYNC199" in page.text
    assert "#rule-SYNC199" not in page.values("href")


def test_nothing_wrong_is_said_in_a_sentence():
    text = Page(page_of(documents.document(mail=3))).text
    assert "No client spoke out of turn in 3 mail connections" in text
    assert "What to do" not in text


@pytest.mark.parametrize("kept", [WORDS, frozenset()])
def test_hostile_texts_are_shown_as_text(kept):
    markup = page_of(hostile(full(), kept))
    assert "hostile" not in Page(markup).values("id")
    for one in ("\x1b", "\x07", "\x00", "\x9b", "\u202e", "\u2066", "\u200f", "\ud800", "\udcff"):
        assert one not in markup
    assert "&lt;script&gt;" in markup
    assert "\\u202e" in markup
    markup.encode("utf-8")


def test_letters_that_run_from_right_to_left_are_isolated():
    markup = page_of(hostile(full()))
    body = re.sub(r"<svg.*?</svg>|<title>.*?</title>|=\"[^\"]*\"", "", markup, flags=re.DOTALL)
    assert re.search("<bdi>[\u0590-\u05ff]+</bdi>", body)
    assert not re.search("[\u0590-\u08ff]", re.sub("<bdi>[^<]*</bdi>", "", body))


@pytest.mark.parametrize("words", HOSTILE)
def test_any_text_in_a_reply_leaves_the_page_whole(words):
    one = documents.connection(
        "c0",
        documents.finding(message=words),
        exchanges=[
            documents.exchange(0, reply=documents.reply(220, words)),
            documents.exchange(1, "HELO", text=words, reply=documents.reply(250, words, start=39, frame=9)),
        ],
    )
    page = Page(page_of(documents.document(connections=[one])))
    assert page.crossed == page.unclosed == []
    assert page.count("b") == page.count("img") == page.count("script") == 0


def test_connections_without_a_fault_are_listed_where_they_are_asked_for():
    page = Page(page_of(documents.document(connections=[documents.connection("c0")])))
    assert "Connections without a fault" in page.text
    assert "clean" in page.values("id")
    assert "tcp.stream eq 0" in page.text
    assert "clean" not in Page(page_of(documents.incident_1999())).values("id")
