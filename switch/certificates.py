"""The certificate of the first start: nobody has vouched for it, but what is said under it is secret.

RSA with 2048 bits, for there are phones of twenty years that know nothing else; good for ten years, for a phone that was
once told to trust it should not have to be told again. It is made anew only when it has a month left.
"""

import os
import socket
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

CERTIFICATE, KEY = "tls-certificate.pem", "tls-key.pem"
_DAYS = 3650
_LEFT = timedelta(days=30)


def self_signed(folder: Path, names: Iterable[str], now: float) -> tuple[Path, Path]:
    """Certificate and key (PEM, key with mode 0600) in this folder, made when there are none. ``names``: names and
    addresses of this machine. Raises OSError."""
    certificate, key = folder / CERTIFICATE, folder / KEY
    if not (key.exists() and _lasts(certificate, now)):
        made = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        encoded = made.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
                                     serialization.NoEncryption())
        folder.mkdir(parents=True, exist_ok=True)
        _write(key, encoded, 0o600)
        _write(certificate, _certificate(made, list(dict.fromkeys(names)), now), 0o644)
    return certificate, key


def machine_names(addresses: Iterable[str]) -> list[str]:
    """What this machine may be called by: its addresses, its host name, localhost."""
    return [*addresses, socket.gethostname(), "localhost"]


def _lasts(path: Path, now: float) -> bool:
    try:
        made = x509.load_pem_x509_certificate(path.read_bytes())
    except (OSError, ValueError):
        return False
    return made.not_valid_after_utc - _LEFT > datetime.fromtimestamp(now, UTC)


def _certificate(key: rsa.RSAPrivateKey, names: list[str], now: float) -> bytes:
    who = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Shoal")])
    start = datetime.fromtimestamp(now, UTC) - timedelta(days=1)  # phones whose clocks are a little late
    usage = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH])
    builder = (
        x509.CertificateBuilder().subject_name(who).issuer_name(who).public_key(key.public_key())
        .serial_number(x509.random_serial_number()).not_valid_before(start)
        .not_valid_after(start + timedelta(days=_DAYS))
        .add_extension(x509.SubjectAlternativeName([_name(name) for name in names if name]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(usage, critical=False)
    )  # fmt: skip
    return builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)


def _name(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(name))
    except ValueError:
        return x509.DNSName(name.encode("idna").decode() if not name.isascii() else name)


def _write(path: Path, data: bytes, mode: int) -> None:
    fresh = path.with_name(f"{path.name}.{os.getpid()}")
    fresh.unlink(missing_ok=True)
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
        file.write(data)
    fresh.replace(path)  # at once, so that a start which is cut short leaves no half of it
