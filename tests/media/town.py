"""What the tests of the matrix share: a matrix that is stepped by hand, and phones that talk to it without a network."""

from random import Random

import numpy as np

from media import orders
from media.g711 import DECODE, SILENCE
from media.matrix import Matrix, Stepped
from media.orders import AnyReport, Open, Stream
from media.pool import Pool, Sound
from media.rtp import Packet, Packets, build, parse
from media.sounds import SoundError

STEP = 0.02
EVENTS = 101
HUSH = {0: SILENCE[0], 8: SILENCE[1]}


class Phone:
    """The far end of a row: makes packets, and can lose, keep back or exchange them."""

    def __init__(self, row: int, payload_type: int, seed: int) -> None:
        self.row, self.payload_type = row, payload_type
        self.random = Random(seed)
        self.address = ("192.0.2.1", 4000 + 2 * row)
        self.sequence, self.timestamp, self.ssrc = 65_530, 2**32 - 800, 1000 + row
        self.said: list[bytes] = []

    def say(self, payload: bytes | None = None, samples: int = 160) -> tuple[int, bytes, tuple]:
        """The next packet, as :meth:`Packets.of` takes it. Nothing is said by two packets alike."""
        payload = self.random.randbytes(samples) if payload is None else payload
        self.said.append(payload)
        return self.packet(self.payload_type, payload, samples)

    def key(self, code: int, duration: int, end: bool = False, begun: int | None = None, move: int = 0) -> tuple:
        """An event packet; its press began at ``begun``."""
        begun = self.timestamp if begun is None else begun
        return self.packet(EVENTS, bytes([code, end << 7 | 10]) + duration.to_bytes(2, "big"), move, begun)

    def packet(self, payload_type: int, payload: bytes, samples: int, timestamp: int | None = None) -> tuple:
        timestamp = self.timestamp if timestamp is None else timestamp
        octets = build(payload_type, self.sequence, timestamp, self.ssrc, payload)
        self.sequence += 1
        self.timestamp += samples
        return (self.row, octets, self.address)


class Town:
    """A matrix and its phones; ``heard`` is what each leg was sent in the last step."""

    def __init__(self, seed: int = 1, rows: int = 16, silence_after: float = 3.0, tones: bool = True) -> None:
        self.pool = Pool()
        self.sounds: dict[str, Sound] = {}
        self.matrix = Matrix(rows, self.pool, self._find, Random(seed), silence_after, tones=tones)
        self.now = 1000.0
        self.phones: dict[str, Phone] = {}
        self.heard: dict[str, Packet] = {}
        self.events: dict[str, list[Packet]] = {}
        self.told: list[AnyReport] = []
        self.files: dict[str, bytearray] = {}
        self.last = Stepped([], [], [])

    def add_sound(self, name: str, samples: np.ndarray) -> None:
        self.sounds[name] = self.pool.add(samples.astype(np.int16))

    def open(self, leg: str, payload_type: int = 0, **stream: object) -> Phone:
        """A leg whose phone is where SDP says it is."""
        row = len(self.phones)
        phone = self.phones[leg] = Phone(row, payload_type, row)
        codec = "PCMA" if payload_type == 8 else "PCMU"
        agreed = Stream(*phone.address, codec=codec, payload_type=payload_type, **stream)
        self.obey(Open(leg, 40000 + 2 * row, agreed))
        assert self.matrix.legs.rows[leg] == row
        return phone

    def obey(self, *given: orders.AnyOrder) -> list[AnyReport]:
        told = [report for order in given for report in self.matrix.obey(order)]
        self.told += told
        return told

    def step(self, *packets: tuple) -> list[AnyReport]:
        """20 ms, in which these packets came."""
        self.now += STEP
        self.last = self.matrix.step(Packets.of(packets, spare=16), self.now)
        self.told += self.last.reports
        self.heard, events = {}, dict.fromkeys(self.phones, None)
        names = {row: name for name, row in self.matrix.legs.rows.items()}
        for row in self.matrix.outgoing.audio:
            self.heard[names[row]] = parse(self.matrix.outgoing.packets[row].tobytes())
        self.events = {name: [] for name in events}
        for row, octets in self.last.events:
            self.events[names[row]].append(parse(octets))
        for write in self.last.writes:
            if hasattr(write, "data"):
                self.files.setdefault(write.recording, bytearray()).extend(write.data)
        return self.last.reports

    def talk(self, steps: int, *legs: str) -> list[bytes]:
        """All phones (or these) talk; gives what the last of them heard, frame by frame."""
        phones = [self.phones[leg] for leg in legs or self.phones]
        heard = []
        for _ in range(steps):
            self.step(*(phone.say() for phone in phones))
            heard.append(self.hears(list(self.phones)[-1]))
        return heard

    def hears(self, leg: str) -> bytes:
        return self.heard[leg].payload if leg in self.heard else b""

    def samples(self, leg: str) -> np.ndarray:
        """What a leg heard in the last step, int64."""
        codec = 1 if self.phones[leg].payload_type == 8 else 0
        return DECODE[codec][np.frombuffer(self.hears(leg), np.uint8)].astype(np.int64)

    def channels(self, recording: str) -> np.ndarray:
        """What was recorded so far, (samples, 2)."""
        return np.frombuffer(bytes(self.files[recording]), "<i2").reshape(-1, 2)

    def _find(self, name: str) -> Sound:
        if name not in self.sounds:
            raise SoundError(name, "there is none", "make one")
        return self.sounds[name]


def silence(payload_type: int = 0) -> bytes:
    return bytes([HUSH[payload_type]]) * 160
