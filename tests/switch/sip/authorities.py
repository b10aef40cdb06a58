"""Certificates for tests: authorities, and what they sign."""

from datetime import UTC, datetime, timedelta
from ipaddress import ip_address

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


class Authority:
    """Signs for whom a test wants; ``folder`` takes the files."""

    def __init__(self, folder, name="authority"):
        self.folder, self.name = folder, name
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.made = self._build(name, self.key, name, (), ca=True)
        self.path = folder / f"{name}.pem"
        self.path.write_bytes(self.made.public_bytes(serialization.Encoding.PEM))

    def sign(self, name, *alternatives):
        """Paths of certificate and key for somebody; ``sip:x`` is a URI, what looks like an address is one."""
        key = ec.generate_private_key(ec.SECP256R1())
        made = self._build(name, key, self.name, alternatives)
        paths = self.folder / f"{name}-certificate.pem", self.folder / f"{name}-key.pem"
        paths[0].write_bytes(made.public_bytes(serialization.Encoding.PEM))
        paths[1].write_bytes(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
                                               serialization.NoEncryption()))
        return paths

    def _build(self, name, key, issuer, alternatives, ca=False):
        start = datetime.now(UTC) - timedelta(days=1)
        builder = (
            x509.CertificateBuilder().subject_name(_name(name)).issuer_name(_name(issuer)).public_key(key.public_key())
            .serial_number(x509.random_serial_number()).not_valid_before(start).not_valid_after(start + timedelta(days=9))
            .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
        )
        if alternatives:
            builder = builder.add_extension(x509.SubjectAlternativeName([_general(text) for text in alternatives]), False)
        return builder.sign(self.key, hashes.SHA256())


def _name(text):
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _general(text):
    if text.startswith("sip:"):
        return x509.UniformResourceIdentifier(text)
    try:
        return x509.IPAddress(ip_address(text))
    except ValueError:
        return x509.DNSName(text)
