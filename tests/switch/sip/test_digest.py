"""Digest: the published examples, and what a peer may get wrong."""

import random

import pytest

from switch.sip.digest import Answerer, Challenger, digest_params, response

EXAMPLE = {
    "username": "Mufasa", "realm": "http-auth@example.org", "uri": "/dir/index.html", "qop": "auth", "nc": "00000001",
    "nonce": "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", "cnonce": "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ",
}  # fmt: skip


@pytest.mark.parametrize(
    ("algorithm", "sum_"),
    [
        ("MD5", "8ca523f5e9506fed4657c9700eebdbec"),
        ("SHA-256", "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"),
    ],
)
def test_the_examples_of_rfc_7616(algorithm, sum_):
    assert response(algorithm, EXAMPLE, "Circle of Life", "GET") == sum_


def test_the_example_of_rfc_2069():
    old = {"username": "Mufasa", "realm": "testrealm@host.com", "nonce": "dcd98b7102dd2f0e8b11d0f600bfb0c093"}
    old["uri"] = "/dir/index.html"
    assert response("MD5", old, "CircleOfLife", "GET") == "1949323746fe6a43ef61f9606e7febea"


@pytest.fixture
def challenger():
    return Challenger("shoal", random.Random(1))


PASSWORDS = {"1001": "demo-1001", "zoë": 'quo"te'}


def answered(challenger, user="1001", password="demo-1001", change=None, host="h", now=100.0):
    answerer = Answerer(user, password, random.Random(2))
    lines = challenger.challenges("WWW-Authenticate", host, now).splitlines()
    assert answerer.take(401, [line.partition(": ")[2] for line in lines])
    value = answerer.line("REGISTER", "sip:shoal").partition(": ")[2].strip()
    return change(value) if change else value


@pytest.mark.parametrize(("user", "password"), PASSWORDS.items())
def test_the_right_password_is_known(challenger, user, password):
    verdict = challenger.check([answered(challenger, user, password)], "REGISTER", PASSWORDS, "h", 101.0)
    assert verdict == (user, True, False)


@pytest.mark.parametrize(
    "change",
    [
        lambda value: value.replace("qop=auth", "qop=auth-int"),
        lambda value: value.replace("qop=auth, ", ""),
        lambda value: value.replace("nc=", "nx="),
        lambda value: value.replace("SHA-256", "SHA-512"),
        lambda value: value.replace("SHA-256", "MD5"),
        lambda value: value.replace("REGISTER", "INVITE").replace('response="', 'response="0'),
        lambda value: value.replace('username="1001"', 'username="1002"'),
        lambda value: value.replace('username="1001", ', ""),
    ],
)
def test_everything_that_is_wrong_is_wrong_in_the_same_way(challenger, change):
    verdict = challenger.check([answered(challenger, change=change)], "REGISTER", PASSWORDS, "h", 101.0)
    assert verdict == (None, True, False)


def test_operations_say_which_algorithms_in_which_order():
    old = Challenger("shoal", random.Random(1), algorithms=("MD5",))
    assert "SHA-256" not in old.challenges("WWW-Authenticate", "h", 100.0)
    assert old.check([answered(old)], "REGISTER", PASSWORDS, "h", 101.0).user == "1001"
    both = Challenger("shoal", random.Random(1), algorithms=("MD5", "SHA-256"))
    first, second = both.challenges("WWW-Authenticate", "h", 100.0).splitlines()
    assert "MD5" in first and "SHA-256" in second
    strict = Challenger("shoal", random.Random(1), algorithms=("SHA-256",))
    weak = answered(strict, change=lambda value: value.replace("SHA-256", "MD5"))
    assert strict.check([weak], "REGISTER", PASSWORDS, "h", 101.0) == (None, True, False)


def test_staleness_is_told_only_to_those_who_know_the_password(challenger):
    good, bad = answered(challenger), answered(challenger, password="guess")
    assert challenger.check([good], "REGISTER", PASSWORDS, "h", 999.0) == (None, True, True)
    assert challenger.check([bad], "REGISTER", PASSWORDS, "h", 999.0) == (None, True, False)
    assert challenger.check([good], "REGISTER", PASSWORDS, "other", 101.0) == (None, True, True)
    forged = Challenger("shoal", random.Random(9))
    assert challenger.check([answered(forged)], "REGISTER", PASSWORDS, "h", 101.0) == (None, True, True)


def test_other_schemes_and_realms_are_not_ours(challenger):
    assert not challenger.check(["Basic abc", answered(Challenger("x", random.Random(1)))], "REGISTER", {}, "h", 1).came
    assert digest_params("Basic abc") is None


def test_a_realm_that_needs_quoting():
    challenger = Challenger('say "x", y', random.Random(1))
    assert challenger.check([answered(challenger)], "REGISTER", PASSWORDS, "h", 101.0).user == "1001"


def test_used_nonces_are_forgotten(challenger):
    for moment in range(1000):
        value = answered(challenger, now=float(moment))
        assert challenger.check([value], "REGISTER", PASSWORDS, "h", float(moment)).user == "1001"
    assert len(challenger._used) < 320


def test_an_old_peer_that_offers_no_quality_of_protection():
    answerer = Answerer("1001", "x", random.Random(1))
    assert answerer.take(407, ['Digest realm="old", nonce="n"'])
    line = answerer.line("INVITE", "sip:a@b")
    assert line.startswith("Proxy-Authorization: ") and "qop" not in line and "nc=" not in line


def test_a_second_no_is_a_no_but_a_stale_nonce_is_not():
    answerer = Answerer("1001", "x", random.Random(1))
    assert answerer.take(401, ['Digest realm="r", nonce="1", qop="auth"'])
    answerer.line("INVITE", "sip:a@b")
    assert answerer.take(401, ['Digest realm="r", nonce="2", qop="auth", stale=TRUE'])
    answerer.line("INVITE", "sip:a@b")
    assert not answerer.take(401, ['Digest realm="r", nonce="3", qop="auth"'])
    assert not Answerer("1001", "x", random.Random(1)).take(401, ['Digest realm="r", algorithm=AKAv1-MD5, nonce="1"'])
