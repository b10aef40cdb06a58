"""The certificate of the first start."""

import ssl
import stat

from cryptography import x509

from switch.certificates import machine_names, self_signed
from switch.sip.tls import Files, Identity

NOW = 1_800_000_000.0


def test_it_is_made_once_kept_secret_and_names_the_machine(tmp_path):
    names = machine_names(["192.0.2.5", "2001:db8::5"])
    certificate, key = self_signed(tmp_path / "var", names, NOW)
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    made = x509.load_pem_x509_certificate(certificate.read_bytes())
    named = made.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert [str(each) for each in named.get_values_for_type(x509.IPAddress)] == ["192.0.2.5", "2001:db8::5"]
    assert "localhost" in named.get_values_for_type(x509.DNSName)
    before = certificate.read_bytes(), key.read_bytes()
    assert self_signed(tmp_path / "var", names, NOW + 86400 * 3000) == (certificate, key)
    assert (certificate.read_bytes(), key.read_bytes()) == before
    self_signed(tmp_path / "var", names, NOW + 86400 * 3640)
    assert certificate.read_bytes() != before[0]
    assert not list((tmp_path / "var").glob("*.pem.*"))


def test_another_switch_that_is_told_to_believe_it_does(tmp_path):
    files = self_signed(tmp_path, ["127.0.0.1"], NOW)
    identity = Identity(Files(*files, ca=files[0]))
    assert identity.client.verify_mode == ssl.CERT_REQUIRED and identity.server.verify_mode == ssl.CERT_OPTIONAL
