"""The sources of the pages: their own tests run by Node, and what is committed is what they build."""

import os
import subprocess
from pathlib import Path

import pytest

from tests.conftest import find_tool

PAGES = Path(__file__).parents[1] / "pages"
BUILT = PAGES.parent / "cti" / "pages"


@pytest.fixture
def node():
    """Node, with the packages that the sources need."""
    path = find_tool("node")
    if not (PAGES / "node_modules").is_dir():
        reason = "pages/node_modules is missing: npm ci --prefix pages"
        if os.environ.get("SHOAL_REQUIRE_TOOLS") == "1":
            pytest.fail(reason, pytrace=False)
        pytest.skip(reason)
    return path


def test_what_is_committed_is_what_the_sources_build(node, tmp_path):
    subprocess.run([node, "build.mjs", "--into", str(tmp_path)], cwd=PAGES, check=True, capture_output=True, text=True)
    built = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    committed = {path.name: path.read_bytes() for path in BUILT.iterdir()}
    assert sorted(built) == sorted(committed)
    different = [name for name in built if built[name] != committed[name]]
    assert not different, "the pages were changed and not built: npm run build --prefix pages"


def test_the_sources_pass_their_own_tests(node):
    tests = sorted(str(path) for path in (PAGES / "tests").glob("*.test.js"))
    done = subprocess.run([node, "--test", *tests], cwd=PAGES, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_packages_that_are_built_in_may_be_given_on():
    """What is bundled is under licences that allow it, and the licences go with it."""
    told = (BUILT / "app.js.LEGAL.txt").read_text()
    assert "BSD-3-Clause" in told and "GPL" not in told
