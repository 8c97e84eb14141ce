import pytest
from report import documents
from report.html.pages import Page, page_of

from desync.report.html import thinning
from desync.report.html.budget import DRAWN, DRAWN_OF_GROUP, LISTED, OPEN, Budget


def bad(number, client):
    name = f"c{number}"
    own = documents.finding(id=f"{name}-1", connection=name, frame=6)
    return documents.connection(name, own, client={"address": client, "port": 1042, "name": None})


@pytest.mark.parametrize(("groups", "size"), [(1, 100_000), (7, 1000), (200, 5), (1000, 1)])
def test_a_page_is_bounded_however_many_connections_there_are(groups, size):
    budget = Budget(groups)
    shares = [budget.take(size) for _ in range(groups)]
    assert sum(share.drawn for share in shares) <= DRAWN
    assert sum(share.listed for share in shares) <= LISTED
    assert sum(share.open for share in shares) == min(OPEN, groups)
    assert all(share.drawn + share.listed <= size for share in shares)


def test_the_first_of_each_group_is_drawn_before_the_second_of_any():
    budget = Budget(DRAWN)
    assert all(budget.take(50).drawn == 1 for _ in range(DRAWN))


def test_few_groups_have_several_drawn():
    assert Budget(2).take(50).drawn == DRAWN_OF_GROUP


def test_what_is_not_drawn_is_listed_or_said():
    connections = [bad(number, "192.0.2.1") for number in range(600)]
    page = Page(page_of(documents.document(connections=connections)))
    pictures = [one for one in page.values("class") if one == "ladder"]
    assert len(pictures) == DRAWN_OF_GROUP
    assert "500 more connections, without a picture" in page.text
    assert "and 90 more like these; --format json lists all." in page.text


def test_a_thousand_bad_connections_make_a_page_of_a_few_megabytes():
    connections = [bad(number, f"192.0.2.{number % 50}") for number in range(1000)]
    assert len(page_of(documents.document(connections=connections))) < 4_000_000


class Made:
    """A list whose elements are made as it is read."""

    def __init__(self, make, length):
        self.make, self.length = make, length

    def __len__(self):
        return self.length

    def __iter__(self):
        return map(self.make, range(self.length))


def test_of_very_many_connections_only_some_are_held_whole(monkeypatch):
    monkeypatch.setattr(thinning, "WHOLE", 3)
    one = documents.document(connections=[bad(number, f"192.0.2.{number // 3}") for number in range(6)])
    many = {**one, "connections": Made(lambda number: one["connections"][number], 6)}
    many["findings"] = Made(lambda number: one["findings"][number], 6)
    page = Page(page_of(many))
    assert page.values("class").count("ladder") == 3
    assert page.text.count("There is no picture of it here; desync show draws what there is.") == 3
    assert "2 clients spoke out of turn, in 6 of 6 mail connections." in page.text


def test_copies_of_a_connection_are_drawn_once():
    first, second = bad(1, "192.0.2.1"), bad(2, "192.0.2.1")
    first["same_as"], second["same_as"] = ["c2"], ["c1"]
    page = Page(page_of(documents.document(connections=[first, second])))
    assert page.values("class").count("ladder") == 1
    assert "holds this connection" not in page.text
    assert "The captures hold this connection 2 times; it is counted once." in page.text


def test_a_connection_of_a_thousand_findings_is_bounded_too():
    numbers = ",".join(map(str, range(5000)))
    findings = [
        documents.finding(id=f"c0-{number}", frame=number, filter=f"frame.number in {{{numbers}}}")
        for number in range(1000)
    ]
    markup = page_of(documents.document(connections=[documents.connection("c0", *findings)]))
    assert len(markup) < 200_000
    assert "and 980 more findings in this connection; --format json has all." in markup
    assert "The display filter for all its frames is too long for a page" in markup
