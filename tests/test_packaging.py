"""What is installed is what stands here: a folder of code that is not in the list would be missing from a wheel."""

import tomllib
from pathlib import Path

from media import shim
from tests.conftest import missing

ROOT = Path(__file__).parents[1]


def test_every_package_is_installed():
    listed = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]["packages"]
    found = {"world"}
    for room in ("switch", "ivr", "media", "cti"):
        found |= {".".join(file.parent.relative_to(ROOT).parts) for file in (ROOT / room).rglob("__init__.py")}
    assert set(listed) == found


def test_what_was_compiled_is_what_stands_here():
    """Python takes what is compiled before what is written, however old it is."""
    for built in (ROOT / "switch" / "sip").glob("*.so"):
        source = built.with_name(built.name.partition(".")[0] + ".py")
        assert built.stat().st_mtime >= source.stat().st_mtime, f"{source} is newer: make compiled, or make plain"


def test_the_shim_is_built_where_all_tools_are_required():
    """Or the tests of both ways would pass by trying one."""
    if shim.built is None:
        missing("the shim was not built, or is an old one: install again, with a C compiler and the headers of Python")
