"""What ``.ci/audit`` makes of pip-audit's answer: a hole fails, and silence is never called safety."""

import json
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[1] / ".ci" / "audit"
CLEAN = {"name": "aiohttp", "version": "3.10.0", "vulns": []}
HOLE = {"name": "pyjwt", "version": "2.0.0", "vulns": [{"id": "PYSEC-1", "fix_versions": ["2.4.0"]}]}
UNKNOWN = {"name": "numpy", "skip_reason": "Dependency not found"}


@pytest.fixture(scope="module")
def audit():
    loader = SourceFileLoader("audit", str(SCRIPT))
    module = module_from_spec(spec_from_loader("audit", loader))
    loader.exec_module(module)
    return module


@pytest.mark.parametrize(("found", "status", "words"), [
    ([CLEAN], 0, ("no known hole in 1 ",)),
    ([CLEAN, HOLE], 1, ("pyjwt 2.0.0: PYSEC-1, fixed in 2.4.0",)),
    ([CLEAN, UNKNOWN], 0, ("no known hole in 1 ", "NOT checked", "numpy")),
    ([UNKNOWN], 0, ("checked NOTHING",)),
    ([UNKNOWN, HOLE], 1, ("PYSEC-1",)),
])
def test_the_verdict(audit, found, status, words):
    said = audit.verdict(json.dumps({"dependencies": found}))
    assert said[0] == status
    assert all(word in said[1] for word in words)


def test_what_is_asked_about_is_what_runs(audit):
    names = {each.partition("==")[0] for each in audit.runtime("shoal", set())}
    assert {"aiohttp", "cryptography", "pyjwt", "multidict"} <= names
    assert not {"pytest", "ruff", "hypothesis"} & names


def test_a_service_out_of_reach_is_said_and_no_failure(audit, monkeypatch, capsys):
    def fail(*_, **__):
        raise OSError("no way")
    monkeypatch.setattr(audit.urllib.request, "urlopen", fail)
    assert audit.main() == 0
    assert "checked NOTHING" in capsys.readouterr().out
