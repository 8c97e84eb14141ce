"""The timeline as text: a sentence for each change, and charts as wide as there is room."""

import io

import pytest
from report import documents
from report.timeline.made_up import NEW, OLD, archive, rows_of, session
from rich.cells import cell_len

from desync.report.text import write_text
from desync.report.text_sheet import text_console
from desync.report.text_timeline import write_timeline


def upgrade():
    return rows_of(archive(1, 600, lambda n: NEW if n >= 300 else OLD, lambda n: 0.96 * (n >= 300)))


def printed(rows, write=write_timeline, *, width=100, encoding="utf-8", **options):
    stream = io.TextIOWrapper(io.BytesIO(), encoding=encoding)
    write(documents.document(timeline=rows), text_console(stream, width=width), **options)
    stream.flush()
    return stream.buffer.getvalue().decode(encoding)


SENTENCE = (
    'From 1999-08-03 11:33 UTC the banner of 192.0.2.25 reads "220 smtp.tele.fi ZMailer Server '
    '2.99.51-patch1pre #1 ESMTP" instead of "220 smtp.tele.fi ZMailer Server 2.99.51-s5 #1 ESMTP", '
    "sessions with a split reply went from 0 % to 96 %, and 3 clients began to misread "
    "(198.51.100.1, 198.51.100.2, 198.51.100.3)."
)


@pytest.mark.parametrize("width", [80, 100, 200])
@pytest.mark.parametrize("encoding", ["utf-8", "ascii"])
def test_the_sentence_and_the_charts_have_room(width, encoding):
    text = printed(upgrade(), width=width, encoding=encoding)
    assert SENTENCE in " ".join(text.split())
    assert all(cell_len(line) <= width for line in text.splitlines())


def test_charts_stand_below_each_other_and_point_to_the_change():
    lines = printed(upgrade()).splitlines()
    charts = [line for line in lines if "|" in line]
    (edges,) = {(line.index("|"), line.rindex("|")) for line in charts}
    old, new, split = charts[0], charts[1], charts[2]
    mark = next(line for line in lines if line.strip() == "^").index("^")
    assert old[mark].strip()
    assert new[mark].strip()
    assert not new[edges[0] + 1 : mark].strip()
    assert not old[mark + 1 : edges[1]].strip()
    assert split.endswith("|  96 % (289)")


def test_a_change_without_a_new_banner():
    rows = rows_of(archive(1, 600, share_of=lambda n: float(n < 300)))
    words = " ".join(printed(rows).split())
    assert (
        "From 1999-08-03 11:33 UTC sessions to 192.0.2.25 with a split reply went from 100 % to 0 %, "
        "and 3 clients ceased to misread"
    ) in words


def test_no_change():
    text = printed(rows_of(archive(1, 100)))
    assert "No change of a banner" in text
    assert "^" not in text.partition("OVER TIME")[2].partition("\n\n  server")[2]


def test_many_rows_are_left_out_unless_asked_for():
    rows = rows_of(session(number, "192.0.2.1", server=f"10.0.0.{number}") for number in range(40))
    assert printed(rows).count("server 10.0.0.") == 12
    assert "and 28 more banners; --all shows them." in printed(rows)
    assert printed(rows, everything=True).count("server 10.0.0.") == 40


def test_the_banner_is_escaped():
    rows = rows_of([session(0, "192.0.2.1", banner="220 mx \x1b[31m")])
    assert "\x1b" not in printed(rows)


def test_nothing():
    assert "No change" in printed([])


def test_the_report_says_when_it_changed():
    assert SENTENCE in " ".join(printed(upgrade(), write_text).split())
    assert "WHEN IT CHANGED" not in printed([], write_text)
