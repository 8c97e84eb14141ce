"""The page in a browser: nothing hostile becomes an element or runs, and nothing is cut on a telephone."""

import json
import re
import shutil
import subprocess
from html import unescape
from pathlib import Path

import pytest
from report import documents
from report.html.pages import full, hostile, page_of

BROWSER = shutil.which("chromium") or shutil.which("google-chrome")

pytestmark = pytest.mark.skipif(BROWSER is None, reason="needs Chromium")

WIDTHS = (360, 1024, 1600)

DOCUMENTS = {
    "full": full,
    "hostile": lambda: hostile(full()),
    "all": lambda: hostile(full(), frozenset()),
    "clean": documents.document,
}

MEASURE = """
<!DOCTYPE html><meta charset=utf-8><body><script>
function upon(picture) {
  const texts = [...picture.querySelectorAll("text")];
  const boxes = texts.map(one => [one.getBoundingClientRect(), one.textContent]);
  const pairs = boxes.flatMap(([a, words], place) => boxes.slice(place + 1).map(([b, others]) => [
    Math.min(a.right, b.right) - Math.max(a.left, b.left),
    Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top), `${words} / ${others}`]));
  return pairs.filter(([x, y]) => x > 2 && y > 4).map(([x, y, words]) => words);
}
const pages = PAGES, widths = WIDTHS, found = {};
let left = pages.length * widths.length;
for (const name of pages) for (const width of widths) {
  const frame = document.createElement("iframe");
  frame.style = `width:${width}px;height:800px;border:0`;
  frame.onload = () => {
    const page = frame.contentDocument, root = page.documentElement;
    page.querySelectorAll("details").forEach(one => { one.open = true; });
    const beyond = [...page.querySelectorAll("body *")].filter(one => !one.closest(".scroll, .skip, pre")
      && one.getBoundingClientRect().right > width + 1).map(one => one.outerHTML.slice(0, 80));
    found[`${name} ${width}`] = {
      wide: root.scrollWidth, beyond, title: page.title,
      styled: getComputedStyle(page.querySelector("h1")).fontWeight,
      strange: page.querySelectorAll("script,img,b,#hostile,iframe,[onload],[onerror]").length,
      outside: [...page.querySelectorAll("svg text")].filter(one => {
        const box = one.getBoundingClientRect(), whole = one.ownerSVGElement.getBoundingClientRect();
        return box.width && (box.left < whole.left - 1 || box.right > whole.right + 1);
      }).map(one => one.textContent.slice(0, 80)),
      turned: [...page.querySelectorAll("bdi + bdi")].filter(one => {
        const before = one.previousElementSibling.getClientRects()[0], box = one.getClientRects()[0];
        return box.top === before.top && box.left < before.left;
      }).length,
      upon: [...page.querySelectorAll("svg")].flatMap(upon),
    };
    if (!--left) document.body.textContent = JSON.stringify(found);
  };
  frame.src = `${name}.html`;
  document.body.append(frame);
}
</script>
"""


@pytest.fixture(scope="module")
def seen(tmp_path_factory):
    """What a browser sees of each page at each width, by their names."""
    folder = tmp_path_factory.mktemp("pages")
    for name, make in DOCUMENTS.items():
        (folder / f"{name}.html").write_text(page_of(make()), encoding="utf-8")
    script = MEASURE.replace("PAGES", json.dumps(list(DOCUMENTS))).replace("WIDTHS", json.dumps(WIDTHS))
    (folder / "measure.html").write_text(script, encoding="utf-8")
    body = re.search("<body>(.*)</body>", _dumped(folder, folder / "measure.html"), re.DOTALL)[1]
    return json.loads(unescape(body))


def _dumped(folder, page):
    command = [
        BROWSER,
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--allow-file-access-from-files",
        "--virtual-time-budget=10000",
        f"--user-data-dir={folder / 'browser'}",
        "--dump-dom",
        Path(page).as_uri(),
    ]
    done = subprocess.run(command, capture_output=True, check=True, timeout=120)
    return done.stdout.decode("utf-8")


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("name", DOCUMENTS)
class TestAPage:
    def test_does_not_scroll_sideways(self, seen, name, width):
        assert seen[f"{name} {width}"]["wide"] <= width
        assert seen[f"{name} {width}"]["beyond"] == []

    def test_has_no_element_that_a_text_made(self, seen, name, width):
        assert seen[f"{name} {width}"]["strange"] == 0
        assert seen[f"{name} {width}"]["title"].startswith("desync report: ")

    def test_has_its_style(self, seen, name, width):
        assert seen[f"{name} {width}"]["styled"] == "700"

    def test_has_no_words_upon_others_in_a_picture(self, seen, name, width):
        assert seen[f"{name} {width}"]["upon"] == []

    def test_keeps_words_in_the_order_of_their_octets(self, seen, name, width):
        assert seen[f"{name} {width}"]["turned"] == 0

    def test_has_no_word_outside_its_picture(self, seen, name, width):
        assert seen[f"{name} {width}"]["outside"] == []
