import base64
import json
import stat

import jwt
import pytest

from cti.house import Person
from cti.tokens import TokenRefused, Tokens, load_secret

from .fake_house import SECRET

ANN = Person("1001", "Ann", "agent", "red")
NOW = 1_700_000_000.0


def refused(token: str, now: float = NOW) -> str:
    with pytest.raises(TokenRefused) as refusal:
        Tokens(SECRET).read(token, now)
    return refusal.value.code


def test_a_token_says_who_it_was_made_for_and_until_when():
    token, expires_at = Tokens(SECRET, hours=2).issue(ANN, NOW)
    claims = Tokens(SECRET).read(token, NOW)
    assert (claims.sub, claims.role, claims.team) == ("1001", "agent", "red")
    assert claims.exp == expires_at == NOW + 7200


def test_a_token_ends_at_its_moment():
    token, expires_at = Tokens(SECRET).issue(ANN, NOW)
    assert Tokens(SECRET).read(token, expires_at - 0.001)
    assert refused(token, expires_at) == "token_expired"


def test_what_is_not_ours_is_refused():
    token, _ = Tokens(b"another secret of thirty-two bytes").issue(ANN, NOW)
    assert refused(token) == refused("") == refused("a.b.c") == refused("\ud800") == "bad_token"


def test_a_token_without_signature_is_refused():
    claims = {"sub": "2002", "role": "supervisor", "team": "", "iat": 0, "exp": 9e9}
    body = base64.urlsafe_b64encode(json.dumps(claims).encode()).rstrip(b"=").decode()
    head = base64.urlsafe_b64encode(b'{"alg":"none","typ":"JWT"}').rstrip(b"=").decode()
    assert refused(f"{head}.{body}.") == "bad_token"


def test_claims_of_the_wrong_shape_are_refused():
    assert refused(jwt.encode({"sub": "1001", "exp": 9_999_999_999}, SECRET, algorithm="HS256")) == "bad_token"


def test_the_secret_is_made_once_and_is_nobody_elses(tmp_path):
    path = tmp_path / "var" / "secret"
    secret = load_secret(path)
    assert len(secret) >= 32
    assert load_secret(path) == secret
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [file.name for file in path.parent.iterdir()] == ["secret"]


@pytest.mark.parametrize("key", [b"", b"\n", b"secret", b"x" * 31])
def test_a_key_that_can_be_guessed_is_refused(tmp_path, key):
    (tmp_path / "secret").write_bytes(key)
    with pytest.raises(OSError, match="delete the file"):
        load_secret(tmp_path / "secret")


@pytest.mark.filterwarnings("ignore::jwt.InsecureKeyLengthWarning")
@pytest.mark.parametrize("algorithm", ["HS384", "HS512"])
def test_another_algorithm_is_refused_with_the_right_key(algorithm):
    claims = {"sub": "2002", "role": "supervisor", "team": "", "iat": 0, "exp": 9_999_999_999}
    assert refused(jwt.encode(claims, SECRET, algorithm=algorithm)) == "bad_token"


def test_a_token_does_not_outlive_the_password_it_was_asked_for_with():
    passwords = {"1001": b"old"}
    tokens = Tokens(SECRET, password=lambda user: passwords.get(user, b""))
    token, _ = tokens.issue(ANN, NOW)
    claims = tokens.read(token, NOW)
    passwords["1002"] = b"another's"
    assert tokens.read(token, NOW) == claims and tokens.good(claims)
    passwords["1001"] = b"new"
    with pytest.raises(TokenRefused, match="password has been changed") as refused:
        tokens.read(token, NOW)
    assert refused.value.code == "bad_token" and not tokens.good(claims)
    assert tokens.read(tokens.issue(ANN, NOW)[0], NOW)


def test_a_seal_does_not_tell_the_password():
    one, other = (Tokens(secret, password=lambda _: b"demo") for secret in (SECRET, b"another secret of thirty-two bytes"))
    assert one._seal("1001") != other._seal("1001") != one._seal("1002")
