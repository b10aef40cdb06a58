"""The two stages on which the same promises are tried: media on paper, and the real worker with parties that talk RTP.

A stage opens legs whose parties say one steady tone each, named like the leg; sounds are tones as well, named like
their files. So what a leg hears is a set of names, on paper as in the air.
"""

import asyncio
import socket
import struct
import wave
from collections.abc import Callable
from pathlib import Path

import numpy as np

from media import orders, sounds
from media.g711 import DECODE, ENCODE
from media.orders import AnyOrder, AnyReport, Stream
from media.paper import Paper
from media.port import MediaPort

TONES = {"hello": 500, "bye": 700, "music": 900, "long": 1100, "a": 1400, "b": 1800, "c": 2200, "d": 2600}
"""Hertz. Those of one letter are parties, the others sounds."""
LENGTHS = {"hello": 0.2, "bye": 0.1, "music": 0.5, "long": 5.0}
SILENCE = 0.3
"""Seconds until a silent leg is reported."""
STEP = 0.02
EVENTS = 101


def tone(name: str, seconds: float) -> np.ndarray:
    """A tone, int16."""
    moments = np.arange(round(seconds * sounds.RATE)) / sounds.RATE
    return (6000 * np.sin(2 * np.pi * TONES[name] * moments)).astype(np.int16)


def write_sounds(folder: Path) -> None:
    """The sounds of both stages as files."""
    for name, seconds in LENGTHS.items():
        with wave.open(str(folder / f"{name}.wav"), "wb") as file:
            file.setparams((1, 2, sounds.RATE, 0, "NONE", ""))
            file.writeframes(tone(name, seconds).tobytes())


class Stage:
    """What the suite sees of either; ``told`` is every report so far."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.told: list[AnyReport] = []
        self.free: list[int] = []
        self.named: dict[str, str] = {}
        """The leg of each party; legs have names that were never used before."""
        self.left = 0
        """A seat that was left when all began; it rests for a while before it is offered again."""
        self.here: list[str] = []
        """The legs of this test, where it says so."""
        self._count = 0

    def leave_a_seat(self) -> None:
        self.left = self.free.pop(0)
        self.obey(orders.Open("sitter", self.left), orders.Close("sitter"))

    def sound(self, *names: str) -> tuple[str, ...]:
        return tuple(str(self.folder / f"{name}.wav") for name in names)

    def open(self, *parties: str, **stream: str) -> list[str]:
        """Open a leg for each party."""
        legs = []
        for party in parties:
            self._count += 1
            leg = f"{party}-{self._count}"
            self.named[leg] = party
            port = self.free.pop(0)
            self.obey(orders.Open(leg, port))
            self.obey(orders.Change(leg, self.meet(leg, port, **stream)))
            legs.append(leg)
        return legs

    def of(self, name: str, *kinds: type) -> list[AnyReport]:
        """What was told of a leg or recording, of these kinds or of all."""
        found = [told for told in self.told if name in (getattr(told, "leg", None), getattr(told, "recording", None))]
        return [told for told in found if not kinds or type(told) in kinds]

    def take(self, reports: list[AnyReport]) -> None:
        self.told += reports
        for report in reports:
            if isinstance(report, orders.Seats):
                self.free += report.ports


class PaperStage(Stage):
    """Time passes when it is told to."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.now = 0.0
        self.paper = Paper(sounds.seconds, silence=SILENCE)
        self.take(self.paper.wake(self.now))

    def obey(self, *given: AnyOrder) -> None:
        for order in given:
            self.take(self.paper.obey(order, self.now))

    def wait(self, seconds: float) -> None:
        end = self.now + seconds
        while self.paper.deadline is not None and self.paper.deadline <= end:
            self.now = max(self.now, self.paper.deadline)
            self.take(self.paper.wake(self.now))
        self.now = end

    def until(self, told: Callable[[], bool], within: float = 3.0) -> bool:
        end = self.now + within
        while not told() and self.now < end:
            self.wait(STEP)
        return told()

    def meet(self, leg: str, port: int, **stream: str) -> Stream:
        return Stream("192.0.2.7", 4000, event_type=EVENTS, **stream)

    def hears(self, leg: str) -> set[str]:
        heard = self.paper.hears(leg)
        names = {Path(path).stem for path in (*heard.foreground, heard.background) if path}
        return names | {self.named[voice] for voice in heard.voices}

    def digits(self, leg: str) -> str:
        return self.paper.hears(leg).digits

    def press(self, leg: str, digit: str) -> None:
        self.take(self.paper.press(leg, digit, self.now))

    def hush(self, leg: str, silent: bool) -> None:
        self.take((self.paper.fall_silent if silent else self.paper.speak_again)(leg, self.now))

    def close(self) -> None:
        pass


class Party:
    """A phone: says its tone every 20 ms, and remembers what it heard last."""

    def __init__(self, name: str, port: int) -> None:
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.setblocking(False)
        self.socket.bind(("127.0.0.1", 0))
        self.to = ("127.0.0.1", port)
        self.words = ENCODE[0][tone(name, 1.0).view(np.uint16)]
        self.sent = 0
        self.sequence = 0
        self.silent = False
        self.heard: list[np.ndarray] = []
        self.keys: dict[int, str] = {}
        """The keys that came, by their time stamp (RFC 4733)."""

    def say(self) -> None:
        at = self.sent * 160 % 8000
        self.sent += 1
        if not self.silent:
            self._send(0, self.sent * 160, self.words[at : at + 160].tobytes())

    def press(self, digit: str) -> None:
        """Six packets: the key goes down, is held, comes up (three times, in case of loss)."""
        stamp = self.sent * 160
        for length, end in ((160, 0), (320, 0), (480, 0), (640, 0x80), (640, 0x80), (640, 0x80)):
            self._send(EVENTS, stamp, struct.pack("!BBH", "0123456789*#".index(digit), end | 10, length))

    def listen(self) -> None:
        while True:
            try:
                data = self.socket.recv(2048)
            except BlockingIOError:
                return
            if data[1] & 0x7F == EVENTS:
                self.keys[int.from_bytes(data[4:8], "big")] = "0123456789*#"[data[12]]
            else:
                self.heard = [*self.heard[-2:], DECODE[0][np.frombuffer(data[12:], np.uint8)]]

    def names(self) -> set[str]:
        """The tones of the last 60 ms; a window keeps them apart, -25 dB still counts."""
        samples = np.concatenate(self.heard or [np.zeros(480)])
        samples = samples * np.hanning(len(samples))
        moments = np.arange(len(samples)) / sounds.RATE
        level = {name: abs(np.mean(samples * np.exp(-2j * np.pi * hertz * moments))) for name, hertz in TONES.items()}
        return {name for name, found in level.items() if found > 100}

    def _send(self, kind: int, stamp: int, payload: bytes) -> None:
        self.sequence += 1
        self.socket.sendto(struct.pack("!BBHII", 0x80, kind, self.sequence, stamp, 7) + payload, self.to)


class WorkerStage(Stage):
    """The worker process; time passes by itself."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.parties: dict[str, Party] = {}
        self.loop = asyncio.new_event_loop()
        self.port = MediaPort(self.take, lambda: self.told.append(orders.Trouble("", "the worker died")))
        ports = {"first_port": 43000, "last_port": 43998}
        self.loop.run_until_complete(self.port.start(silence_after=SILENCE, preload=[folder], **ports))

    def obey(self, *given: AnyOrder) -> None:
        self.port.send(given)
        for order in given:
            if isinstance(order, orders.Close) and order.leg in self.parties:
                self.parties.pop(order.leg).socket.close()

    def wait(self, seconds: float) -> None:
        self.loop.run_until_complete(self._live(lambda: False, seconds))

    def until(self, told: Callable[[], bool], within: float = 3.0) -> bool:
        return self.loop.run_until_complete(self._live(told, within))

    async def _live(self, told: Callable[[], bool], seconds: float) -> bool:
        """The parties talk, until that is told or the time is over."""
        end = self.loop.time() + seconds
        while not told() and (now := self.loop.time()) < end:
            for party in self.parties.values():
                party.listen()
                party.say()
            await asyncio.sleep(min(STEP, end - now))
        for party in self.parties.values():
            party.listen()
        return told()

    def meet(self, leg: str, port: int, **stream: str) -> Stream:
        party = self.parties[leg] = Party(self.named[leg], port)
        return Stream("127.0.0.1", party.socket.getsockname()[1], event_type=EVENTS, **stream)

    def hears(self, leg: str) -> set[str]:
        return self.parties[leg].names()

    def digits(self, leg: str) -> str:
        return "".join(self.parties[leg].keys[stamp] for stamp in sorted(self.parties[leg].keys))

    def press(self, leg: str, digit: str) -> None:
        self.parties[leg].press(digit)

    def hush(self, leg: str, silent: bool) -> None:
        self.parties[leg].silent = silent

    def close(self) -> None:
        self.loop.run_until_complete(self.port.close())
        self.loop.close()
        for party in self.parties.values():
            party.socket.close()
