"""Changes of octets as attackers, broken phones and broken wires make them; a seed repeats them all. Pure."""

from collections.abc import Callable, Sequence
from random import Random

PIECES = (
    b"\r\n", b"\n", b"\r", b"\0", b'"', b"\\", b"<", b">", b",", b";", b":", b"%", b"%00", b"@", b" ", b"\t", b"=", b"\xff",
    b"\xc3\xa9", b"sip:", b"sips:", b"tel:", b"tag=", b";tag=", b"branch=z9hG4bK", b"Contact: *\r\n", b"\r\n ", b"-1", b"0",
    b"4294967296", b"99999999999999999999", b"1e9", b"\r\nX-Smuggled: 1", b"%0d%0aX-Smuggled: 1", b"[::1]", b"[", b"]",
    b"Replaces: ", b"Content-Length: 0\r\n", b"Content-Length: 99999999\r\n", b"Require: 100rel\r\n", b"a=", b"m=audio 0 ",
    b"{tag}", b"{call}", b"{branch}", b"{from}", b"%%udp\n", b"%%answer\n", b"%%hang_up\n", b"%%wait 40\n", b"\x7f\xff",
)
"""What breaks grammars."""
LARGEST = 8192


def mutated(rng: Random, data: bytes, known: Sequence[bytes]) -> bytes:
    """One to four changes; pieces of other inputs may come in."""
    for _ in range(rng.randint(1, 4)):
        data = rng.choice(_WAYS)(rng, data, known)[:LARGEST]
    return data


def _span(rng: Random, data: bytes, longest: int = 64) -> tuple[int, int]:
    start = rng.randrange(len(data) + 1)
    return start, min(len(data), start + rng.randint(0, longest))


def _put_piece(rng: Random, data: bytes, known: Sequence[bytes]) -> bytes:
    start, end = _span(rng, data, rng.choice((0, 0, 1, 8)))
    return data[:start] + rng.choice(PIECES) + data[end:]


def _flip(rng: Random, data: bytes, known: Sequence[bytes]) -> bytes:
    if not data:
        return data
    at = rng.randrange(len(data))
    return data[:at] + bytes([data[at] ^ 1 << rng.randrange(8)]) + data[at + 1 :]


def _cut(rng: Random, data: bytes, known: Sequence[bytes]) -> bytes:
    start, end = _span(rng, data, rng.choice((1, 4, 64, 1024)))
    return data[:start] + data[end:]


def _double(rng: Random, data: bytes, known: Sequence[bytes]) -> bytes:
    start, end = _span(rng, data)
    return data[:end] + data[start:end] * rng.choice((1, 1, 2, 50)) + data[end:]


def _swap_lines(rng: Random, data: bytes, known: Sequence[bytes]) -> bytes:
    lines = data.split(b"\r\n")
    one, other = rng.randrange(len(lines)), rng.randrange(len(lines))
    lines[one], lines[other] = lines[other], lines[one]
    return b"\r\n".join(lines)


def _graft_line(rng: Random, data: bytes, known: Sequence[bytes]) -> bytes:
    lines, others = data.split(b"\r\n"), rng.choice(known).split(b"\r\n")
    lines.insert(rng.randrange(len(lines) + 1), rng.choice(others))
    return b"\r\n".join(lines)


def _splice(rng: Random, data: bytes, known: Sequence[bytes]) -> bytes:
    other = rng.choice(known)
    return data[: rng.randrange(len(data) + 1)] + other[rng.randrange(len(other) + 1) :]


def _number(rng: Random, data: bytes, known: Sequence[bytes]) -> bytes:
    """Another number where one stands."""
    places = [at for at, octet in enumerate(data) if 48 <= octet <= 57]
    if not places:
        return data
    at = rng.choice(places)
    value = rng.choice((b"", b"0", b"-1", b"65536", b"2147483648", b"18446744073709551616", b"\xd9\xa1"))
    return data[:at] + value + data[at + 1 :]


_WAYS: tuple[Callable[[Random, bytes, Sequence[bytes]], bytes], ...] = (
    _put_piece, _put_piece, _flip, _cut, _double, _swap_lines, _graft_line, _splice, _number)
