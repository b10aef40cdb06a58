"""The image, as far as it can be tried without a builder: what it copies is there, what it must not hold is kept away, and
its words of command are ones that we have."""

import fnmatch
import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
LINES = re.sub(r"\\\n\s*", "", (ROOT / "Dockerfile").read_text()).splitlines()
STAGES = "\n".join(LINES).split("\nFROM ")


def told(word, lines=LINES):
    return [line.removeprefix(f"{word} ") for line in lines if line.startswith(f"{word} ")]


def copied():
    """What is copied from here."""
    for line in told("COPY"):
        words = [word for word in line.split() if not word.startswith("--")]
        if "--from=" not in line:
            yield from words[:-1]


def kept(path):
    """Whether .dockerignore lets a path go to the builder; the last rule that fits decides."""
    goes = True
    for rule in (ROOT / ".dockerignore").read_text().splitlines():
        pattern = rule.lstrip("!")
        if rule and not rule.startswith("#") and (
                fnmatch.fnmatch(path, pattern) or path.startswith(f"{pattern}/") or fnmatch.fnmatch(f"x/{path}", pattern)):
            goes = rule.startswith("!")
    return goes


@pytest.mark.parametrize("source", list(copied()))
def test_what_is_copied_is_there_and_goes_to_the_builder(source):
    assert (ROOT / source).exists() and kept(source)


def test_every_package_is_copied():
    packages = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]["packages"]
    rooms = {name.partition(".")[0] for name in packages} - {"world"}
    assert rooms | {"tests/world", "config", "pyproject.toml", "setup.py"} <= set(copied())


@pytest.mark.parametrize("path", ["var/secret", "var/shoal.db", ".git/config", ".venv/bin/python", "tests/conftest.py",
                                  "backup.tar.gz", "switch/__pycache__/x.pyc"])
def test_secrets_and_state_never_go_to_the_builder(path):
    assert not kept(path)


def test_the_last_stage_has_no_compiler_and_no_root():
    last = STAGES[-1]
    assert "gcc" in STAGES[0] + STAGES[1] and not re.search(r"gcc|build-essential|-dev\b", last)
    assert told("USER") == ["shoal"] and told("VOLUME") == ["/data"] and last.index("USER") < last.index("ENTRYPOINT")


def test_its_health_is_asked_where_it_is_told():
    (check,) = told("HEALTHCHECK")
    words = json.loads(check[check.index("["):])
    assert "/health/live" in words[-1]
    compile(words[-1], "healthcheck", "exec")
    ran = subprocess.run([sys.executable, *words[1:]], capture_output=True, check=False, timeout=30)
    assert ran.returncode in (0, 1), "an answer, whether a switch is there or not"


def test_it_starts_with_the_demonstration_and_never_touches_what_is_there(tmp_path):
    (entry,) = told("ENTRYPOINT")
    words = json.loads(entry)
    (tmp_path / "opt" / "config").mkdir(parents=True)
    (tmp_path / "opt" / "config" / "shoal.yaml").write_text("shipped")
    (tmp_path / "bin").mkdir()
    shoal = tmp_path / "bin" / "shoal"
    shoal.write_text("#!/bin/sh\necho \"$@\"\n")
    shoal.chmod(0o755)
    script = words[2].replace("/opt/shoal/config", f"{tmp_path}/opt/config").replace("/data", f"{tmp_path}")
    for text in ("shipped", "mine"):
        ran = subprocess.run([*words[:2], script, *words[3:], "--sip-port", "5080"], capture_output=True, text=True,
                             check=True, env={"PATH": f"{tmp_path}/bin:/usr/bin:/bin"})
        assert ran.stdout.split() == ["run", "--config", f"{tmp_path}/config", "--sip-port", "5080"]
        assert (tmp_path / "config" / "shoal.yaml").read_text() == text
        (tmp_path / "config" / "shoal.yaml").write_text("mine")
