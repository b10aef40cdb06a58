"""What all rooms' tests share: outside programs are found, or the test is skipped, or (where required) fails; and who is
tried again, or beside whom, when phones and browsers are real."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

import pytest
from hypothesis import settings

FURTHER = "/usr/sbin:/usr/local/sbin:/sbin"
REAL = (Path(__file__).parent / "interop", Path(__file__).parent / "pages")
CLOCKED = ("test_over_sockets", "test_worker", "test_ports")
"""Elsewhere, those in which our own processes run by the real clock; so do the contracts kept by the real ``worker``."""
BUSY = ("pages", "test_browser_media", "test_lossy", "test_reload")
"""Browsers, fifty callers, and those whose sound is judged to a tenth."""

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


def pytest_itemcollected(item: pytest.Item) -> None:
    """Real phones, browsers and media workers run by the real clock, and a machine that stands still for a second makes one
    of them give up: what fails is tried again, twice at most, and the summary tells of it."""
    by_the_clock = item.path.stem in CLOCKED or "[worker" in item.name
    if by_the_clock or any(room in item.path.parents for room in REAL):
        item.add_marker(pytest.mark.flaky(reruns=2))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> object:
    """Most of them wait, so three workers try three at a time (``-n 3 --dist loadgroup``); those that need much of the
    machine are one group, of which there is never more than one at a time. (The marks of xdist say nothing to pytest 9.)"""
    if config.getvalue("dist") != "loadgroup":
        return None
    from xdist.scheduler import LoadScopeScheduling

    class BusyApart(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            file = Path(nodeid.partition("::")[0])
            return "busy" if file.stem in BUSY or file.parent.name in BUSY else nodeid

    return BusyApart(config, log)


def pytest_configure(config: pytest.Config) -> None:
    """Who waits sees at once why something failed."""
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(Told(config), "told")


class Told:
    """What failed, and why: when it does, and what was tried twice again at the end."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._again: list[str] = []

    @pytest.hookimpl(trylast=True)
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.outcome in ("failed", "rerun"):
            line = f"{report.nodeid} ({report.when}, {report.duration:.0f} s): {_why(report)}"
            self._config.get_terminal_writer().line(f"\n    {line}")
            self._again += [line] * (report.outcome == "rerun")

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        if self._again:
            terminalreporter.section(f"tried twice: {len(self._again)}")
        for line in self._again:
            terminalreporter.line(line)


def _why(report: pytest.TestReport) -> str:
    """The first lines of a failure, and where it was."""
    crash = getattr(report.longrepr, "reprcrash", None)
    if crash is None:
        return report.longreprtext.strip().rpartition("\n")[2]
    return f"{' '.join(crash.message.split())[:300]} [{Path(crash.path).name}:{crash.lineno}]"
