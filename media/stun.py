"""STUN with a password (RFC 8489), as far as the checks of ICE need it: read a request, write an answer. Pure.

    0                   1                   2                   3
    00 + type (14 bits)           | length of the attributes
    magic cookie 0x2112A442
    transaction id, 96 bits
    attributes: type (16 bits), length (16 bits), value, padded to 4 bytes

MESSAGE-INTEGRITY covers all that stands before it, and FINGERPRINT all that stands before that; each with a length in the
header that counts it already. What stands behind MESSAGE-INTEGRITY is signed by nobody and is not read, but for the
fingerprint.
"""

import hmac
import struct
import zlib
from dataclasses import dataclass
from ipaddress import ip_address

COOKIE = 0x2112A442
BINDING, SUCCESS, ERROR = 0x0001, 0x0101, 0x0111
USERNAME, INTEGRITY, ERROR_CODE, UNKNOWN, XOR_MAPPED = 0x0006, 0x0008, 0x0009, 0x000A, 0x0020
PRIORITY, USE_CANDIDATE, FINGERPRINT, CONTROLLED, CONTROLLING = 0x0024, 0x0025, 0x8028, 0x8029, 0x802A
OPTIONAL = 0x8000
"""Attributes from here on may be passed over by who does not know them (section 14)."""
_HEADER = 20
_SIGNED = 24
_MARKED = 8
_XOR = 0x5354554E


@dataclass(frozen=True, slots=True)
class Message:
    """One message. ``attributes``: the first of each type that stands before the signature."""

    kind: int
    transaction: bytes
    attributes: dict[int, bytes]
    signed: bytes
    """What the signature covers, with the length in the header that counts it."""
    signature: bytes
    """Empty = there is none."""

    def is_signed_with(self, password: str) -> bool:
        """Whether who wrote it knows this password (short-term credentials, section 9.1)."""
        return hmac.compare_digest(self.signature, _signature(self.signed, password))


def read(data: bytes) -> Message | None:
    """A message of RFC 8489 with a right fingerprint, which all of ICE have (RFC 8445 section 7); None = it is none."""
    if len(data) < _HEADER + _MARKED or len(data) % 4:
        return None
    kind, length, cookie = struct.unpack_from("!HHI", data)
    if kind >> 14 or cookie != COOKIE or length != len(data) - _HEADER:
        return None
    if data[-_MARKED:-4] != struct.pack("!HH", FINGERPRINT, 4) or data[-4:] != _fingerprint(data[:-_MARKED]):
        return None
    attributes: dict[int, bytes] = {}
    at = _HEADER
    while at < len(data) - _MARKED:
        number, length = struct.unpack_from("!HH", data, at)
        value = data[at + 4 : at + 4 + length]
        end = at + 4 + length + -length % 4
        if end > len(data) - _MARKED:
            return None
        if number == INTEGRITY:
            signed = data[:2] + struct.pack("!H", at + _SIGNED - _HEADER) + data[4:at]
            return Message(kind, data[8:20], attributes, signed, value) if length == 20 else None
        attributes.setdefault(number, value)
        at = end
    return Message(kind, data[8:20], attributes, b"", b"")


def write(kind: int, transaction: bytes, attributes: list[tuple[int, bytes]], password: str) -> bytes:
    """A message with signature and fingerprint."""
    parts = b"".join(_attribute(number, value) for number, value in attributes)
    identity = struct.pack("!I", COOKIE) + transaction
    signed = struct.pack("!HH", kind, len(parts) + _SIGNED) + identity + parts
    parts += _attribute(INTEGRITY, _signature(signed, password))
    marked = struct.pack("!HH", kind, len(parts) + _MARKED) + identity + parts
    return marked + _attribute(FINGERPRINT, _fingerprint(marked))


def place(host: str, port: int, transaction: bytes) -> bytes:
    """The value of XOR-MAPPED-ADDRESS (section 14.2)."""
    mask = struct.pack("!I", COOKIE) + transaction
    packed = ip_address(host.partition("%")[0]).packed
    hidden = bytes(one ^ other for one, other in zip(packed, mask, strict=False))
    return struct.pack("!BBH", 0, 1 if len(packed) == 4 else 2, port ^ COOKIE >> 16) + hidden


def error(code: int, reason: str) -> bytes:
    """The value of ERROR-CODE (section 14.8)."""
    return struct.pack("!HBB", 0, code // 100, code % 100) + reason.encode()


def _attribute(number: int, value: bytes) -> bytes:
    return struct.pack("!HH", number, len(value)) + value + bytes(-len(value) % 4)


def _signature(signed: bytes, password: str) -> bytes:
    return hmac.digest(password.encode(), signed, "sha1")


def _fingerprint(before: bytes) -> bytes:
    return struct.pack("!I", zlib.crc32(before) ^ _XOR)
