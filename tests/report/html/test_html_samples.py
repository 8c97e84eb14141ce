"""The page of all incidents in captures/: whole, and the same from a view as from a document."""

from pathlib import Path

import pytest
from report.html.pages import Page, page_of

from desync.report.report import scan

CAPTURES = Path(__file__).parents[3] / "captures"


@pytest.fixture(scope="module")
def samples():
    return scan([CAPTURES / "incidents"])


@pytest.fixture(scope="module")
def page(samples):
    return Page(page_of(samples.view()))


def test_the_page_is_whole(page):
    assert page.crossed == page.unclosed == []
    ids = page.values("id")
    assert len(ids) == len(set(ids))
    assert {one[1:] for one in page.values("href")} <= set(ids)


def test_every_kind_of_bad_connection_has_a_picture(page):
    groups = [one for one in page.values("id") if one.startswith("group-") and one.count("-") == 1]
    firsts = [one for one in page.values("id") if one.count("-") == 3 and one.endswith("-1-title")]
    assert len(groups) == len(firsts) > 10


def test_rows_made_as_they_are_read_make_the_same_page(samples):
    assert page_of(samples.view()) == page_of(samples.document())


def test_the_case_of_1999_is_told():
    text = Page(page_of(scan([CAPTURES / "ccnotes-1999.snoop"]).view())).text
    for words in (
        "1 client spoke out of turn, in 1 of 1 mail connection.",
        "Read every reply, the greeting too, with one single function.",
        "octets 0-21, acknowledges 17 of 39 needed",
        "HELO sent on 17 octets of the greeting, in the middle of a line",
        "part of the greeting",
        "\u2717 the whole greeting",
        "frame.number in {4,5,6}",
        "One read() is not one reply",
    ):
        assert words in text
