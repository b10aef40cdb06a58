"""Which phone was tried with what: ``python -m tests.interop.table`` writes ``docs/interop.md``.

The rows are those that the tests live through: a phone's day is a :class:`tests.interop.test_phones.Life`, everything else
is marked with :func:`tests.interop.marks.tried` where it is tested. A row that is in no test cannot be in the table.
"""

import contextlib
import importlib
import os
import re
import shutil
import subprocess
from importlib import metadata
from pathlib import Path

from tests.interop.marks import Row
from tests.interop.test_phones import DAYS

DOCUMENT = Path(__file__).parents[2] / "docs" / "interop.md"
FURTHER = "/usr/sbin:/usr/local/sbin:/sbin"
PHONES = {
    "linphone": ("Debian `linphone-cli`", "SRTP as an offer beside plain RTP"),
    "baresip": ("Debian `baresip-core`", "MD5 only; has no key for attended transfer; SRTP as an offer beside plain RTP in "
                "a phone's day, insisted on as a caller and as an agent's phone"),
    "pjsua2": ("PyPI `pjsua2-python`", "the wheel has no Opus"),
    "Chromium": ("Debian `chromium`", "PCMU and PCMA alone are agreed on"),
    "Firefox": ("Debian `firefox-esr`", "PCMU and PCMA alone are agreed on"),
    "SIPp": ("Debian `sip-tester`", "UDP and TCP only: Debian builds it without TLS, and SRTP comes with that"),
    "SIPVicious": ("PyPI `sipvicious`", "UDP only; svcrack knows no SHA-256"),
    "Shoal": ("", ""),
}
"""Where each comes from, and what it cannot do."""
ASKED = {"linphone": (["linphonec", "--version"], r"version: (\S+)"), "baresip": (["baresip", "-h"], r"baresip v(\S+)"),
         "Chromium": (["chromium", "--version"], r"Chromium ([\d.]+)"),
         "Firefox": (["firefox-esr", "--version"], r"Firefox ([\d.]+)"), "SIPp": (["sipp", "-v"], r"SIPp v([\d.]+)")}
PACKAGES = {"pjsua2": "pjsua2-python", "SIPVicious": "sipvicious"}
OTHERS = ("test_baresip", "test_digest", "test_lossy", "test_phone_keys", "test_scanners", "test_sipp", "test_srtp",
          "test_trunk")
PAGES = ("test_phone", "test_firefox")


def rows() -> list[Row]:
    """All of them, by phone."""
    found = []
    for life in DAYS:
        more = ", attended transfer" if life.attended else ""
        over = f"{life.transport.upper()}{', SRTP' if life.srtp else ''}"
        keys = "SIP INFO" if life.keys == "info" else "telephone events"
        found.append(Row(life.phone, over, f"{life.codec}; register, prompt, keys by {keys}, hold, resume, call in, "
                                           f"blind transfer{more}", "test_a_day"))
    for name in (*(f"interop.{name}" for name in OTHERS), *(f"pages.{name}" for name in PAGES)):
        for test in vars(importlib.import_module(f"tests.{name}")).values():
            found += getattr(test, "tried", [])
    order = list(PHONES)
    return sorted(found, key=lambda row: (order.index(row.phone), row.test != "test_a_day"))


def versions() -> dict[str, str]:
    """What those that are installed here say of themselves."""
    found = {"Shoal": "this one"}
    for phone, (command, version) in ASKED.items():
        program = shutil.which(command[0], path=f"{os.environ.get('PATH', '')}:{FURTHER}")
        if program is not None:
            said = subprocess.run([program, *command[1:]], capture_output=True, text=True, timeout=30,
                                  stdin=subprocess.DEVNULL)
            found[phone] = re.search(version, said.stdout + said.stderr)[1]
    for phone, package in PACKAGES.items():
        with contextlib.suppress(metadata.PackageNotFoundError):
            found[phone] = metadata.version(package)
    return found


def written(document: str) -> dict[str, str]:
    """The versions that stand in a document."""
    lines = [line.split(" | ") for line in document.splitlines() if line.startswith("| ")]
    return {first.removeprefix("| "): rest[0].partition(" (")[0] for first, *rest in lines if len(rest) == 2}


def page(versions: dict[str, str]) -> str:
    """The document."""
    lines = ["# Which phones were tried", "",
             "Written by `python -m tests.interop.table` from the tests in `tests/interop` and `tests/pages`. What is",
             "heard is proven by correlation with what was said, and of Firefox, whose microphone is a tone, by its",
             "spectrum. Voice is mixed at 8 kHz, so G.722 and Opus are tried as codecs, not as wider sound.", "",
             "| Phone | Version | What it cannot do, or was not tried with |", "|---|---|---|"]
    for phone, (source, limits) in PHONES.items():
        lines.append(f"| {phone} | {versions[phone]}{f' ({source})' if source else ''} | {limits} |")
    lines += ["", "| Phone | Over | What | Test |", "|---|---|---|---|"]
    lines += [f"| {row.phone} | {row.over} | {row.what} | `{row.test}` |" for row in rows()]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    DOCUMENT.write_text(page(written(DOCUMENT.read_text()) | versions()))
