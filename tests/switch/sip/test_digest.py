"""Digest: the published examples, and what a peer may get wrong."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from switch.sip import digest
from switch.sip.digest import Answerer, Challenger, digest_params, response
from switch.sip.headers import split, unquoted

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
    assert verdict[:3] == (user, True, False)


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
    assert verdict[:3] == (None, True, False)


def test_operations_say_which_algorithms_in_which_order():
    old = Challenger("shoal", random.Random(1), algorithms=("MD5",))
    assert "SHA-256" not in old.challenges("WWW-Authenticate", "h", 100.0)
    assert old.check([answered(old)], "REGISTER", PASSWORDS, "h", 101.0).user == "1001"
    both = Challenger("shoal", random.Random(1), algorithms=("MD5", "SHA-256"))
    first, second = both.challenges("WWW-Authenticate", "h", 100.0).splitlines()
    assert "MD5" in first and "SHA-256" in second
    strict = Challenger("shoal", random.Random(1), algorithms=("SHA-256",))
    weak = answered(strict, change=lambda value: value.replace("SHA-256", "MD5"))
    assert strict.check([weak], "REGISTER", PASSWORDS, "h", 101.0)[:3] == (None, True, False)


def test_staleness_is_told_only_to_those_who_know_the_password(challenger):
    good, bad = answered(challenger), answered(challenger, password="guess")
    assert challenger.check([good], "REGISTER", PASSWORDS, "h", 999.0)[:3] == (None, True, True)
    assert challenger.check([bad], "REGISTER", PASSWORDS, "h", 999.0)[:3] == (None, True, False)
    assert challenger.check([good], "REGISTER", PASSWORDS, "other", 101.0)[:3] == (None, True, True)
    forged = Challenger("shoal", random.Random(9))
    assert challenger.check([answered(forged)], "REGISTER", PASSWORDS, "h", 101.0)[:3] == (None, True, True)


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


def test_a_wrong_password_is_proven_by_a_nonce_that_we_gave_to_that_host(challenger):
    guess = answered(challenger, user="1002", password="guess")
    verdict = challenger.check([guess], "REGISTER", PASSWORDS, "h", 101.0)
    assert (verdict.claimed, verdict.proven) == ("1002", True)
    assert not challenger.check([guess], "REGISTER", PASSWORDS, "other", 101.0).proven
    assert not challenger.check([guess.replace('nonce="', 'nonce="1')], "REGISTER", PASSWORDS, "h", 101.0).proven


def test_a_known_and_an_unknown_user_cost_the_same_sums(challenger, monkeypatch):
    """Counted, not timed: every hash, and every comparison that takes the same time whatever is compared."""
    done = []

    def counted(name, make):
        def counting(*arguments, **more):
            done.append(name)
            return make(*arguments, **more)
        return counting

    monkeypatch.setattr(digest, "_HASHES", {name: counted(name, make) for name, make in digest._HASHES.items()})
    monkeypatch.setattr(digest, "blake2b", counted("blake2b", digest.blake2b))
    monkeypatch.setattr(digest, "compare_digest", counted("compare", digest.compare_digest))
    seen = []
    for user, password in (("1001", "guess"), ("4242", "guess"), ("4242", "demo-1001"), ("", "x" * 200)):
        value = answered(challenger, user=user or "a" * 100, password=password)
        done.clear()
        assert challenger.check([value], "REGISTER", PASSWORDS, "h", 101.0)[:3] == (None, True, False)
        seen.append(list(done))
    assert seen[0].count("SHA-256") == 3 and seen[0].count("compare") == 2
    assert all(each == seen[0] for each in seen)


def test_a_count_that_was_used_is_stale_and_the_next_is_not(challenger):
    answerer = Answerer("1001", "demo-1001", random.Random(2))
    asked = challenger.challenges("WWW-Authenticate", "h", 100.0).splitlines()[0].partition(": ")[2]
    answerer.take(401, [asked])
    values = [answerer.line("REGISTER", "sip:shoal").partition(": ")[2].strip() for _ in range(3)]
    verdicts = [challenger.check([values[at]], "REGISTER", PASSWORDS, "h", 101.0) for at in (0, 0, 2, 1, 2)]
    assert [(verdict.user, verdict.stale) for verdict in verdicts] == [
        ("1001", False), (None, True), ("1001", False), (None, True), (None, True)]
    assert challenger.check([values[2]], "REGISTER", PASSWORDS, "h", 500.0).stale


def test_a_body_is_signed_where_that_is_what_is_asked_for():
    challenger = Challenger("shoal", random.Random(1), qop=("auth-int",))
    answerer = Answerer("1001", "demo-1001", random.Random(2))
    lines = challenger.challenges("Proxy-Authenticate", "h", 100.0).splitlines()
    assert all('qop="auth-int"' in line for line in lines)
    answerer.take(407, [line.partition(": ")[2] for line in lines])
    value = answerer.line("INVITE", "sip:5000@shoal", b"v=0").partition(": ")[2].strip()
    assert "qop=auth-int" in value
    assert challenger.check([value], "INVITE", PASSWORDS, "h", 101.0, b"v=1").user is None
    assert challenger.check([value], "INVITE", PASSWORDS, "h", 101.0, b"v=0").user == "1001"


def test_copies_of_a_request_get_the_same_nonce_and_others_another(challenger):
    def nonce(request, now):
        return challenger.challenges("WWW-Authenticate", "h", now, request=request).partition('nonce="')[2].partition('"')[0]

    assert nonce("a", 100.0) == nonce("a", 104.0)
    assert nonce("a", 100.0) != nonce("b", 100.0)
    assert nonce("a", 100.0) != nonce("a", 140.0)


def test_the_table_of_used_nonces_is_bounded_and_what_it_forgets_is_stale(challenger, monkeypatch):
    monkeypatch.setattr(digest, "NONCES", 10)
    values = [answered(challenger, now=100.0 + moment) for moment in range(20)]
    for value in values:
        assert challenger.check([value], "REGISTER", PASSWORDS, "h", 120.0).user == "1001"
    assert len(challenger._used) == 10
    assert all(challenger.check([value], "REGISTER", PASSWORDS, "h", 120.0).stale for value in values)


def read_slowly(text):
    found = {}
    for piece in split(text):
        name, _, value = piece.partition("=")
        found.setdefault(name.strip().lower(), unquoted(value.strip()))
    return found


ODD = st.text(alphabet='ab=", \\<>\t', max_size=30)
USUAL = st.from_regex(r'(a|B|nonce) ?= ?("[^"\\]{0,5}"|[a-z<]{0,4})( ?, ?[a-c]=b)*,?')


@given(ODD | USUAL)
def test_parameters_are_read_quickly_as_they_are_slowly(text):
    read = digest_params(f"Digest {text}")
    slowly = read_slowly(f"Digest {text}".strip().partition(" ")[2])
    assert {name: value for name, value in read.items() if name} == {name: value for name, value in slowly.items() if name}
