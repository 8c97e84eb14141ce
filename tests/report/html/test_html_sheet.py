import pytest

from desync.report.html.sheet import PageSheet


@pytest.fixture
def sheet():
    return PageSheet()


def test_fields_that_follow_each_other_are_one_list(sheet):
    sheet.field("held", "17 octets")
    sheet.field("", "32 32 30")
    sheet.field("to come", ("22 octets", "bold red"))
    assert sheet.markup() == (
        '<dl class="fields"><dt>held</dt><dd>17 octets</dd><dd class="octets">32 32 30</dd>'
        '<dt>to come</dt><dd><span class="bad">22 octets</span></dd></dl>'
    )


def test_columns_side_by_side_are_a_table_whose_first_row_names_them(sheet):
    sheet.beside(["true"], ["believed"], split=10)
    sheet.row("1  HELO")
    sheet.beside([("250 ok", "green"), "octets 0-8"], [("rest", "bold red")], split=10)
    sheet.paragraph("more")
    assert sheet.markup() == (
        '<table class="pairings"><tr><th scope="col"><div>true</div></th>'
        '<th scope="col"><div>believed</div></th></tr>'
        '<tr><th colspan="2" scope="rowgroup">1  HELO</th></tr>'
        '<tr><td><div class="true">250 ok</div><div>octets 0-8</div></td>'
        '<td><div class="bad">rest</div></td></tr></table><p>more</p>'
    )


def test_what_is_to_be_copied_is_code(sheet):
    sheet.literal("  ", ("Wireshark   ", "dim"), "frame.number in {4}")
    sheet.blank()
    sheet.literal("    ", "SHA-256 ab")
    assert sheet.markup() == (
        '<dl class="fields"><dt>Wireshark</dt><dd><code class="copy">frame.number in {4}</code></dd></dl>'
        '<p><code class="copy">SHA-256 ab</code></p>'
    )


def test_headings_have_the_level_that_they_stand_at():
    sheet = PageSheet(level=4)
    sheet.heading("Since when")
    sheet.row("  a line")
    assert sheet.markup() == "<h4>Since when</h4><p>a line</p>"


def test_a_sheet_begins_anew_when_it_was_read(sheet):
    sheet.paragraph("one")
    assert sheet.markup() == "<p>one</p>"
    assert sheet.markup() == ""


def test_texts_are_escaped(sheet):
    sheet.paragraph("<b>\x1b", ("<i>", "dim"))
    assert sheet.markup() == '<p>&lt;b&gt;\\x1b<span class="dim">&lt;i&gt;</span></p>'
