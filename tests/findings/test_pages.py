import ast
import re
from types import ModuleType

import pytest

from desync.errors import UsageError
from desync.findings.catalogue import MODULES, RULES
from desync.findings.pages import HEADINGS, page, read_page

CODES = [rule.code for rule in RULES]
WIDTH = 92

S_LINE = re.compile(r'^ {4}frame +\d+ +S: "(?P<text>[^"]*)" +\[(?P<start>\d+), (?P<stop>\d+)\)')


def of_rule(code):
    return next(rule for rule in RULES if rule.code == code)


@pytest.mark.parametrize("code", CODES)
def test_a_page_has_every_heading_in_order_and_text_under_each(code):
    read = page(code)
    assert tuple(heading for heading, _ in read.sections) == HEADINGS
    assert all(len(text) > 20 for _, text in read.sections)
    assert len(read.summary) > 20


@pytest.mark.parametrize("code", CODES)
def test_a_page_is_headed_by_its_rule(code):
    read = page(code)
    assert read.code == code
    assert read.title == f"{code} {of_rule(code).name}"


@pytest.mark.parametrize("code", CODES)
def test_a_page_says_how_sure_it_is_and_what_cannot_be_known(code):
    read = page(code)
    assert re.search(r"^Certainty: ", read.section("Fires when"), re.MULTILINE)
    assert re.search(r"^Not known: ", read.section("Does not fire when"), re.MULTILINE)


@pytest.mark.parametrize("code", CODES)
def test_a_page_says_what_to_do_on_both_sides(code):
    labels = re.findall(r"^(\w+): ", page(code).section("What to do"), re.MULTILINE)
    assert labels == ["client", "server"]


@pytest.mark.parametrize("code", CODES)
def test_the_example_has_frames_and_a_command_to_try(code):
    text = page(code).section("Example")
    assert re.search(r"^ {4}frame +\d+ ", text, re.MULTILINE)
    sample = rf"captures/rules/{code}-{of_rule(code).name}\.fires\.pcap(ng)?"
    assert re.search(rf"^ {{4}}desync (show {sample} --stream 0|scan {sample})$", text, re.MULTILINE)


@pytest.mark.parametrize("code", CODES)
def test_the_octets_of_the_example_are_counted_right(code):
    last_stop = None
    for line in page(code).section("Example").splitlines():
        counted = S_LINE.match(line)
        if counted is None:
            continue
        text = ast.literal_eval(f'b"{counted["text"]}"')
        assert int(counted["stop"]) - int(counted["start"]) == len(text), line
        # What follows in the server's stream begins where the line before ended, or is a copy.
        repeated = "the same packet" in line
        hole = "missing" in page(code).section("Example")
        assert last_stop in {None, int(counted["start"])} or repeated or hole, line
        last_stop = int(counted["stop"])


@pytest.mark.parametrize("code", CODES)
def test_wireshark_gets_a_filter_on_a_line_of_its_own(code):
    filters = [line for line in page(code).section("See it in Wireshark").splitlines() if line[:4] == "    "]
    assert filters
    for line in filters:
        assert line.count("(") == line.count(")")
        assert line.count('"') % 2 == 0
        assert re.match(r"^ {4}[!(]{0,2}(tcp|smtp|frame|ip|tls)\b", line)


@pytest.mark.parametrize("code", CODES)
def test_references_are_a_list_with_an_rfc_or_an_address(code):
    text = page(code).section("References")
    assert text.startswith("- ")
    assert re.search(r"RFC \d{3,4}|https?://", text)


@pytest.mark.parametrize("code", CODES)
def test_a_page_is_plain_and_not_too_wide(code):
    read = page(code)
    text = "\n".join([read.title, read.summary, *(body for _, body in read.sections)])
    assert text.isascii()
    assert "\t" not in text
    assert max(map(len, text.splitlines())) <= WIDTH


def test_codes_that_pages_name_are_codes_of_the_catalogue():
    named = {
        code for module in MODULES for code in re.findall(r"\b(?:SYNC|REPLY|CAP)\d{3}\b", module.__doc__)
    }
    assert named <= set(CODES)


def test_a_page_is_found_by_name():
    assert page("encrypted") == page("CAP912")
    with pytest.raises(UsageError):
        page("SYNC999")


def test_indentation_within_a_section_stays():
    assert page("SYNC102").section("What to do").startswith("client: Use one function")
    assert "\n    frame 5  C: " in page("SYNC102").section("Example")
    assert page("SYNC102").section("No such heading") == ""


def test_a_module_without_docstring_has_an_empty_page():
    module = ModuleType("stripped")
    module.RULE = RULES[0]
    read = read_page(module)
    assert (read.code, read.title, read.summary, read.sections) == ("SYNC101", "", "", ())
