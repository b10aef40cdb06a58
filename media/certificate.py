"""The certificate that media shows in DTLS: made anew at every start, signed by nobody, known by its fingerprint.

Its key never leaves the process that made it. What it says of itself (a name, a time) is looked at by nobody: RFC 5763
section 5 trusts the fingerprint in the session description, as far as that came by a trusted way.
"""

from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

_YEARS = timedelta(days=3650)
_EARLIER = timedelta(days=1)


class Certificate(NamedTuple):
    """A certificate with its key (ECDSA, P-256)."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey

    @property
    def fingerprint(self) -> str:
        """SHA-256, as SDP writes it (RFC 8122 section 5): ``4A:AD:...``."""
        return self.certificate.fingerprint(hashes.SHA256()).hex(":").upper()


def make(wall: float) -> Certificate:
    """A new one; ``wall`` is now, in POSIX seconds."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "shoal")])
    now = datetime.fromtimestamp(wall, UTC)
    serial = x509.random_serial_number()
    builder = x509.CertificateBuilder(name, name, key.public_key(), serial, now - _EARLIER, now + _YEARS)
    return Certificate(builder.sign(key, hashes.SHA256()), key)
