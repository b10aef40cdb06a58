"""The documentation shows every page, in both languages, and the pictures that it shows are there."""

import re
from pathlib import Path

import pytest

from tests.pictures.album import PICTURES

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "docs" / "pictures"
PAGES = {"en": "pages.md", "zh": "pages.zh.md"}
SHOWN = re.compile(r"!\[[^\]]+\]\(pictures/([\w-]+)\.png\)")
VIEW = re.compile(r'name: "(\w+)"')
MOST = 3_000_000
"""Octets of all pictures together."""


def test_every_view_has_pictures():
    views = VIEW.findall((ROOT / "pages" / "src" / "views.js").read_text())
    assert views and set(views) <= PICTURES.keys(), "tests/pictures/album.py says which pictures a view has"


@pytest.mark.parametrize("language", PAGES)
def test_the_page_shows_all_of_them(language):
    shown = SHOWN.findall((ROOT / "docs" / PAGES[language]).read_text("utf-8"))
    assert sorted(shown) == sorted(f"{name}-{language}" for names in PICTURES.values() for name in names)


def test_they_are_there_and_small():
    wanted = {f"{name}-{language}.png" for names in PICTURES.values() for name in names for language in PAGES}
    there = {path.name: path.read_bytes() for path in FOLDER.iterdir()}
    assert there.keys() == wanted, "make screenshots"
    assert all(octets.startswith(b"\x89PNG") for octets in there.values())
    assert sum(map(len, there.values())) < MOST
