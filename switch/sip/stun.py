"""STUN, as far as a SIP port owes it: a binding request is answered with where it came from (RFC 5389, RFC 5626 8).

    0                   1                   2                   3
    00 + type (14 bits)           | length of the attributes
    magic cookie 0x2112A442
    transaction id, 96 bits
    attributes: type (16 bits), length (16 bits), value, padded to 4 bytes

Without the cookie it is the protocol of RFC 3489, whose clients understand MAPPED-ADDRESS alone. Answers are never longer
than about twice the question, so that nobody can use us to drown somebody else.
"""

import struct
import zlib
from ipaddress import ip_address

COOKIE = 0x2112A442
_BINDING, _SUCCESS, _ERROR = 0x0001, 0x0101, 0x0111
_MAPPED, _ERROR_CODE, _UNKNOWN, _XOR_MAPPED, _FINGERPRINT = 0x0001, 0x0009, 0x000A, 0x0020, 0x8028
_KNOWN = frozenset((_MAPPED, 0x0006, 0x0008, _ERROR_CODE, _UNKNOWN, 0x0014, 0x0015, _XOR_MAPPED))
"""What a client must be understood in: RFC 5389 section 18.2. Credentials are not asked for, and are no mistake."""
_XOR = 0x5354554E


def answer(data: bytes, host: str, port: int) -> bytes | None:
    """The response to a datagram from there; None where it deserves none: no STUN, no request, a wrong fingerprint."""
    if len(data) < 20 or len(data) % 4:
        return None
    kind, length, cookie = struct.unpack_from("!HHI", data)
    if kind != _BINDING or length != len(data) - 20:
        return None
    attributes = _attributes(data)
    if attributes is None:
        return None
    marks = [value for number, _, value in attributes if number == _FINGERPRINT]
    if marks and (attributes[-1][0] != _FINGERPRINT or marks[-1] != _fingerprint(data[:-8])):
        return None
    old = cookie != COOKIE
    unknown = [number for number, _, _ in attributes if number < 0x8000 and number not in _KNOWN]
    if unknown and not old:
        parts = _error(420, "Unknown Attribute") + _attribute(_UNKNOWN, struct.pack(f"!{len(unknown)}H", *unknown))
        return _message(_ERROR, data[4:20], parts, bool(marks))
    place = _attribute(_MAPPED, _place(host, port)) if old else _attribute(_XOR_MAPPED, _place(host, port, data[4:20]))
    return _message(_SUCCESS, data[4:20], place, bool(marks))


def _attributes(data: bytes) -> list[tuple[int, int, bytes]] | None:
    """Type, place and value of each; None where they do not fit into the message."""
    found, at = [], 20
    while at < len(data):
        number, length = struct.unpack_from("!HH", data, at)
        end = at + 4 + length
        if end > len(data):
            return None
        found.append((number, at, data[at + 4 : end]))
        at = end + -length % 4
    return found


def _place(host: str, port: int, mask: bytes = bytes(16)) -> bytes:
    """An address and a port; with the cookie and the transaction id as ``mask``, which hides them from the meddling of
    routers that replace addresses wherever they see them."""
    packed = ip_address(host.partition("%")[0]).packed
    hidden = bytes(one ^ other for one, other in zip(packed, mask, strict=False))
    return struct.pack("!BBH", 0, 1 if len(packed) == 4 else 2, port ^ int.from_bytes(mask[:2])) + hidden


def _error(code: int, reason: str) -> bytes:
    return _attribute(_ERROR_CODE, struct.pack("!HBB", 0, code // 100, code % 100) + reason.encode())


def _attribute(number: int, value: bytes) -> bytes:
    return struct.pack("!HH", number, len(value)) + value + bytes(-len(value) % 4)


def _message(kind: int, identity: bytes, attributes: bytes, marked: bool) -> bytes:
    """``identity``: cookie and transaction id of the request. ``marked``: with a fingerprint, as the request had one."""
    message = struct.pack("!HH", kind, len(attributes) + 8 * marked) + identity + attributes
    return message + _attribute(_FINGERPRINT, _fingerprint(message)) if marked else message


def _fingerprint(before: bytes) -> bytes:
    """Section 15.5: over all that stands before it, whose length counts it already."""
    return struct.pack("!I", zlib.crc32(before) ^ _XOR)
