"""Who sends what nobody asked for, as fast as is wished: a process of its own, by :mod:`bench.mmsg`, from addresses that the
switch does not know (127.0.0.2 and on; callers are at 127.0.0.1)."""

import random
import socket
import time
from collections.abc import Sequence
from multiprocessing.connection import Connection
from typing import NamedTuple

import numpy as np

from bench.mmsg import Burst
from bench.player import Player

RATE = 5000
"""Datagrams a second."""
STRANGERS = 200
"""Addresses of those who come from many."""
_EVERY = 0.005
_DISTINCT = 4000
_WIDTH = 700


class Kind(NamedTuple):
    """One flood: what is sent where, from how many addresses."""

    name: str
    datagrams: list[bytes]
    ports: Sequence[int]
    sources: int


def malformed(rng: random.Random) -> list[bytes]:
    """Nearly SIP, and nothing like it."""
    whole = _register(rng, 0)
    lines = whole.split(b"\r\n")
    made = [rng.randbytes(rng.randrange(40, 600)), whole[: rng.randrange(20, len(whole))], b"INVITE " + b"a" * 500,
            whole.replace(b"SIP/2.0\r\n", b"\r\n"), whole.replace(b"CSeq: 1 REGISTER", b"CSeq: x"),
            whole.replace(b": ", b""), whole.replace(b"Content-Length: 0", b"Content-Length: 99999"),
            whole.replace(b"Via: SIP/2.0/UDP", b"Via: none"), b"\r\n".join([b"SIP/2.0 200 OK", *lines[1:]]),
            b"\r\n".join(rng.sample(lines, 5))]
    return [rng.choice(made) for _ in range(200)]


def registers(rng: random.Random) -> list[bytes]:
    """REGISTERs with wrong passwords, each a transaction of its own."""
    return [_register(rng, number) for number in range(_DISTINCT)]


def sound(rng: random.Random) -> list[bytes]:
    """RTP that belongs to nobody."""
    return [b"\x80\x00" + rng.randbytes(170) for _ in range(200)]


def _register(rng: random.Random, number: int) -> bytes:
    user, mark = rng.randrange(1001, 1100), f"{rng.getrandbits(48):x}"
    return (f"REGISTER sip:127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.2:5060;branch=z9hG4bK{mark};rport\r\n"
            f"From: <sip:{user}@127.0.0.1>;tag={mark}\r\nTo: <sip:{user}@127.0.0.1>\r\nCall-ID: {mark}\r\n"
            f"CSeq: 1 REGISTER\r\nContact: <sip:{user}@127.0.0.2:5060>\r\nMax-Forwards: 70\r\n"
            f'Authorization: Digest username="{user}", realm="shoal", nonce="{mark}", uri="sip:127.0.0.1", '
            f'response="{rng.getrandbits(128):032x}", algorithm=MD5\r\n'
            f"Content-Length: 0\r\n\r\n").encode()


class Flood(Player):
    """``with Flood(kind, rate) as flood``: it is under way within the block."""

    def __init__(self, kind: Kind, rate: int = RATE) -> None:
        super().__init__(_pour, kind, rate)

    def sent(self) -> int:
        """How many went so far."""
        return self.ask("sent")


def _pour(line: Connection, kind: Kind, rate: int) -> None:
    ways = [_way(number) for number in range(kind.sources)]
    lengths = np.array([min(len(datagram), _WIDTH) for datagram in kind.datagrams])
    packets = np.zeros((len(lengths), _WIDTH), np.uint8)
    for row, datagram in enumerate(kind.datagrams):
        packets[row, : lengths[row]] = np.frombuffer(datagram[:_WIDTH], np.uint8)
    at_once = max(1, int(rate * _EVERY))
    rows = np.arange(max(len(lengths), at_once)) % len(lengths)
    rng = random.Random(1)
    burst = Burst(packets, [("127.0.0.1", rng.choice(kind.ports)) for _ in rows], rows, lengths[rows])
    sent, first, turn, due = 0, 0, 0, time.monotonic()
    line.send(0)
    try:
        while True:
            if line.poll():
                line.recv()
                line.send(sent)
            sent += burst.send(ways[turn], first, at_once)
            first = (first + at_once) % max(1, len(rows) - at_once + 1)
            turn = (turn + 1) % len(ways)
            due += _EVERY
            time.sleep(max(0.0, due - time.monotonic()))
    except (EOFError, OSError):
        return


def _way(number: int) -> socket.socket:
    made = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    made.bind((f"127.0.{number // 250}.{2 + number % 250}", 0))
    made.setblocking(False)
    return made
