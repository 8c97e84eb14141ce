import re

import pytest

from desync.report.html.style import STYLE

LEAST = 4.5
"""WCAG 2.2, 1.4.3: contrast of text."""

TEXTS = ("ink", "soft", "bad", "warn", "good", "link", "client", "server")


def themes():
    light, dark = [dict(re.findall(r"--([\w-]+):(#[0-9a-f]+)", one)) for one in STYLE.split("@media", 2)[:2]]
    return {"light": light, "dark": light | dark}


def brightness(colour):
    digits = colour[1:] if len(colour) == 7 else "".join(2 * one for one in colour[1:])
    parts = [int(digits[place : place + 2], 16) / 255 for place in (0, 2, 4)]
    red, green, blue = [one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in parts]
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one, other):
    darker, brighter = sorted([brightness(one), brightness(other)])
    return (brighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("ground", ["page", "box", "bad-box"])
def test_texts_can_be_read_on_every_ground(theme, text, ground):
    colours = themes()[theme]
    assert contrast(colours[text], colours[ground]) >= LEAST


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_bars_can_be_told_from_those_they_stand_in(theme):
    colours = themes()[theme]
    for inner, outer in (("split", "bar"), ("misread", "bar"), ("misread", "split")):
        assert contrast(colours[inner], colours[outer]) >= 1.5


def test_the_style_loads_nothing():
    assert "url(" not in STYLE
    assert "@import" not in STYLE
    assert "<" not in STYLE
