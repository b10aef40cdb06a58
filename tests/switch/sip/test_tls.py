"""Files that are believed, and files that are not."""

import pytest

from switch.sip.tls import Files, Identity, TlsError, names_of
from tests.switch.sip.authorities import Authority


@pytest.fixture
def authority(tmp_path):
    return Authority(tmp_path)


def test_broken_files_keep_the_old_ones_and_are_told_once(authority):
    certificate, key = authority.sign("switch", "switch.example")
    identity = Identity(Files(certificate, key, authority.path))
    before, good = identity.server, key.read_bytes()
    for bad in (b"nonsense", authority.sign("other")[1].read_bytes(), b""):
        key.write_bytes(bad)
        assert not identity.look()
        with pytest.raises(TlsError, match=r"switch-key\.pem"):
            identity.look()
        assert not identity.look() and identity.server is before
    key.unlink()
    identity.look()
    with pytest.raises(TlsError, match="No such file"):
        identity.look()
    key.write_bytes(good)
    assert not identity.look() and identity.look() and identity.server is not before


def test_a_key_that_wants_a_password_is_a_mistake_and_no_question(authority, tmp_path):
    from cryptography.hazmat.primitives import serialization as s
    certificate, key = authority.sign("switch")
    known = s.load_pem_private_key(key.read_bytes(), None)
    key.write_bytes(known.private_bytes(s.Encoding.PEM, s.PrivateFormat.PKCS8, s.BestAvailableEncryption(b"secret")))
    with pytest.raises(TlsError):
        Identity(Files(certificate, key))


def test_an_authority_that_is_none(authority, tmp_path):
    (tmp_path / "ca.pem").write_text("nonsense")
    with pytest.raises(TlsError, match=r"ca\.pem"):
        Identity(Files(*authority.sign("switch"), tmp_path / "ca.pem"))


@pytest.mark.parametrize(("certificate", "names"), [
    (None, ()), ({}, ()),
    ({"subject": ((("commonName", "Old.Example"),),)}, ("old.example",)),
    ({"subject": ((("commonName", "old.example"),),), "subjectAltName": (("DNS", "new.example"),)}, ("new.example",)),
    ({"subjectAltName": (("URI", "sip:A.example"), ("URI", "sip:bob@b.example"), ("URI", "http://c.example"),
                         ("IP Address", "192.0.2.1"), ("DNS", "a.example"))}, ("a.example", "192.0.2.1")),
])  # fmt: skip
def test_the_names_that_a_certificate_proves(certificate, names):
    assert names_of(certificate) == names
