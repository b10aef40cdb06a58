"""Credentials, as those who ask and as those who are asked."""

import random

from switch.sip.digest import Answerer, Challenger, digest_params

_PASSWORDS = {"1001": "demo-1001"}


def digest(data: bytes) -> None:
    """Nobody gets in by a header that was not made with the password, and whatever is challenged can be answered."""
    value = data.decode("utf-8", "surrogateescape")
    digest_params(value)
    challenger = Challenger("shoal", random.Random(1))
    nonce = challenger.challenges("WWW-Authenticate", "192.0.2.10", 1000.0).partition('nonce="')[2].partition('"')[0]
    for text in (value, value.replace("NONCE", nonce)):
        verdict = challenger.check([text], "REGISTER", _PASSWORDS, "192.0.2.10", 1000.0, b"body")
        assert verdict.user is None
    answerer = Answerer("1001", "secret", random.Random(1))
    answerer.take(401, [value])
    line = answerer.line("REGISTER", "sip:shoal", b"body")
    assert line.count("\r\n") == bool(line)
    assert line.count("\n") == line.count("\r") == bool(line)
