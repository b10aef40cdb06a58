"""Which phone was tried with what: ``python -m tests.interop.table > docs/interop.md``.

The rows are those that the tests live through: a phone's day is a :class:`tests.interop.test_phones.Life`, everything else
is marked with :func:`tests.interop.marks.tried` where it is tested. A row that is in no test cannot be in the table.
"""

import importlib

from tests.interop.marks import Row
from tests.interop.test_phones import DAYS

PHONES = {
    "linphone": ("5.1.65 (Debian `linphone-cli`)", "attended transfer is not tried; SRTP as an offer beside plain RTP"),
    "baresip": ("1.0.0 (Debian `baresip-core`)", "MD5 only; has no key for attended transfer; SRTP as an "
                "offer beside plain RTP in a phone's day, insisted on as a caller"),
    "pjsua2": ("2.15.1 (PyPI `pjsua2-python`)", "the wheel has no Opus; a phone that insists on SRTP is not "
               "reached while `media.srtp` is `offer`"),
    "SIPp": ("3.6.1 (Debian `sip-tester`)", "UDP and TCP only"),
    "SIPVicious": ("0.3.8 (PyPI `sipvicious`)", "UDP only; svcrack knows no SHA-256"),
    "Shoal": ("this one", ""),
}
OTHERS = ("test_baresip", "test_digest", "test_lossy", "test_phone_keys", "test_scanners", "test_sipp", "test_srtp",
          "test_trunk")


def rows() -> list[Row]:
    """All of them, by phone."""
    found = []
    for life in DAYS:
        more = ", attended transfer" if life.attended else ""
        over = f"{life.transport.upper()}{', SRTP' if life.srtp else ''}"
        keys = "SIP INFO" if life.keys == "info" else "telephone events"
        found.append(Row(life.phone, over, f"{life.codec}; register, prompt, keys by {keys}, hold, resume, call in, "
                                           f"blind transfer{more}", "test_a_day"))
    for name in OTHERS:
        module = importlib.import_module(f"tests.interop.{name}")
        for test in vars(module).values():
            found += getattr(test, "tried", [])
    order = list(PHONES)
    return sorted(found, key=lambda row: (order.index(row.phone), row.test != "test_a_day"))


def page() -> str:
    """The document."""
    lines = ["# Which phones were tried", "",
             "Written by `python -m tests.interop.table` from the tests in `tests/interop`. What is heard is proven by",
             "correlation with what was said. Voice is mixed at 8 kHz, so G.722 and Opus are tried as codecs, not as wider",
             "sound.", "",
             "| Phone | Version | What it cannot do, or was not tried with |", "|---|---|---|"]
    lines += [f"| {phone} | {version} | {limits} |" for phone, (version, limits) in PHONES.items()]
    lines += ["", "| Phone | Over | What | Test |", "|---|---|---|---|"]
    lines += [f"| {row.phone} | {row.over} | {row.what} | `{row.test}` |" for row in rows()]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    print(page(), end="")
