"""What all rooms' tests share: outside programs are found, or the test is skipped, or (where required) fails."""

import os
import shutil
from collections.abc import Callable
from typing import NoReturn

import pytest
from hypothesis import settings

FURTHER = "/usr/sbin:/usr/local/sbin:/sbin"

# A deadline of Hypothesis is a time by the clock, which no test may depend on.
# Where changes are checked, every run tries the same examples; on a desk each run looks for new ones.
settings.register_profile("shoal", deadline=None, derandomize="SHOAL_REQUIRE_TOOLS" in os.environ)
settings.load_profile("shoal")


def find_tool(name: str) -> str:
    """The path of an outside program. Skips when it is missing; fails when SHOAL_REQUIRE_TOOLS=1."""
    path = shutil.which(name, path=f"{os.environ.get('PATH', '')}:{FURTHER}")
    return path if path is not None else missing(f"{name} is not installed")


def missing(reason: str) -> NoReturn:
    """Something that a test needs is not here: skip it, or fail when SHOAL_REQUIRE_TOOLS=1."""
    if os.environ.get("SHOAL_REQUIRE_TOOLS") == "1":
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def tool() -> Callable[[str], str]:
    """``tool("mosquitto")`` gives its path, or ends the test with the reason."""
    return find_tool
