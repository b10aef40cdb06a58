"""The worker and far ends that answer it, over real sockets: RTCP on its own port and on a shared one, in the clear and
sealed; marks; IPv6; strangers; and phones that are gone."""

import socket
from random import Random

import numpy as np
import pytest

from media import rtcp
from media.control import Line
from media.g711 import DECODE, ENCODE
from media.matrix import Matrix
from media.orders import (
    AnyOrder,
    AnyReport,
    Change,
    Close,
    Control,
    Fair,
    Intruded,
    Join,
    Keys,
    Open,
    Poor,
    Stream,
    TimedOut,
)
from media.pool import Pool, Sounds
from media.rtcp import Block, Bye, Description, ReceiverReport, SenderReport, VoipMetrics
from media.rtp import build, parse
from media.seats import Seats
from media.srtp import SUITES, Sealed
from media.worker import Worker
from media.writer import Writer

PORTS = (45000, 46998)
ANY = {"127.0.0.1": socket.AF_INET, "::1": socket.AF_INET6}


class FarEnd:
    """A phone with its own ports for sound and reports."""

    def __init__(self, host: str) -> None:
        self.sound, self.control = (socket.socket(ANY[host], socket.SOCK_DGRAM) for _ in range(2))
        for each in (self.sound, self.control):
            each.bind((host, 0))
            each.setblocking(False)
        self.host, self.port, self.reports_to = host, self.sound.getsockname()[1], self.control.getsockname()[1]
        self.sealed = Sealed(1)
        self.sequence = 0
        self.seat = 0
        self.ssrc = self.port
        self.heard: list = []
        self.told: list = []

    def say(self, payload: bytes = bytes(160)) -> None:
        self.sequence += 1
        self.send(self.sealed.seal(0, build(0, self.sequence, 160 * self.sequence, self.ssrc, payload)))

    def send(self, octets: bytes) -> None:
        self.sound.sendto(octets, (self.host, self.seat))

    def report(self, *reports, shared: bool = False) -> None:
        octets = self.sealed.seal_control(0, rtcp.build(reports))
        if shared:
            self.send(octets)
        else:
            self.control.sendto(octets, (self.host, self.seat + 1))

    def listen(self, now: float) -> None:
        for seat in (self.sound, self.control):
            while True:
                try:
                    octets = seat.recv(2048)
                except BlockingIOError:
                    break
                octets = self.sealed.open(0, octets, now) if 0 in self.sealed else octets
                if rtcp.is_rtcp(octets[1]):
                    self.told.append((seat is self.control, rtcp.parse(octets)))
                else:
                    self.heard.append(parse(octets))

    def last(self, kind: type):
        return next(report for _, told in reversed(self.told) for report in told if type(report) is kind)

    def close(self) -> None:
        self.sound.close()
        self.control.close()


class House:
    """A worker that is stepped by hand, and its far ends."""

    def __init__(self, host: str = "127.0.0.1", bound: str = "", **options) -> None:
        ours, theirs = Line.pair()
        self.line = Line(ours, AnyReport)
        sounds = Sounds(pool := Pool())
        self.writer = Writer()
        self.writer.start()
        self.host = host
        self.matrix = Matrix(16, pool, sounds.find, Random(1), wall=1.9e9, **options)
        self.worker = Worker(Line(theirs, AnyOrder), Seats(bound or host, *PORTS), self.matrix, self.writer, lines=64)
        self.now = 50.0
        self.told: list[AnyReport] = []
        self.far: dict[str, FarEnd] = {}
        self.step()
        self.ports = list(self.told.pop().ports)

    def open(self, leg: str, keys: Keys | None = None, **control) -> FarEnd:
        far = self.far[leg] = FarEnd(self.host)
        far.seat = self.ports.pop(0)
        far.stream = Stream(self.host, far.port, control=Control(port=far.reports_to, **control), keys=keys)
        self.order(Open(leg, far.seat, far.stream))
        return far

    def order(self, *orders: AnyOrder) -> None:
        self.line.send(orders)
        self.worker.listen(self.now)
        self.told += self.line.receive()

    def step(self) -> None:
        self.now += 0.02
        self.worker.step(self.now)
        self.told += self.line.receive()

    def talk(self, seconds: float, *silent: str) -> None:
        for _ in range(round(seconds / 0.02)):
            for leg, far in self.far.items():
                if leg not in silent:
                    far.say()
            self.step()
            for far in self.far.values():
                far.listen(self.now)

    def of(self, kind: type) -> list:
        return [report for report in self.told if type(report) is kind]

    def close(self) -> None:
        for far in self.far.values():
            far.close()
        self.worker.finish()
        self.line.close()


@pytest.fixture
def make():
    houses = []

    def build_house(*arguments, **options) -> House:
        houses.append(House(*arguments, **options))
        return houses[-1]

    yield build_house
    for house in houses:
        house.close()


def keys(suite: str) -> tuple[Keys, Keys]:
    one, other = (Random(seed).randbytes(SUITES[suite][1]) for seed in (1, 2))
    return Keys(suite, one, other), Keys(suite, other, one)


@pytest.mark.parametrize(("host", "bound"), [("127.0.0.1", ""), ("::1", ""), ("127.0.0.1", "::"), ("::1", "::")])
@pytest.mark.parametrize("shared", [False, True])
def test_both_sides_report_where_it_was_agreed(make, host, bound, shared):
    house = make(host, bound)
    far = house.open("a", mux=shared)
    house.talk(12)
    assert len(far.told) >= 2
    assert all(own is not shared for own, _ in far.told)
    report = far.last(SenderReport)
    (block,) = report.blocks
    assert (block.ssrc, block.lost) == (far.ssrc, 0)
    assert report.packets == report.octets / 160 > 50
    assert far.heard[-1].ssrc == report.ssrc
    assert far.last(Description).cname
    far.report(ReceiverReport(far.ssrc, (Block(report.ssrc, 0, 3, 0, 80),)), shared=shared)
    house.talk(0.1)
    house.order(Close("a"))
    far.listen(house.now)
    assert far.last(Bye) == Bye((report.ssrc,))
    quality = house.told[-1]
    assert (quality.lost, quality.far.lost, quality.far.jitter, quality.intruders) == (0, 3, 0.01, 0)
    assert house.of(Intruded) == []
    assert quality.mos > 4.2


def test_the_round_trip_is_measured_there_and_back(make):
    house = make()
    far = house.open("a")
    house.talk(8)
    report = far.last(SenderReport)
    left = rtcp.middle(report.ntp)
    waited = house.now + 1.9e9 - (report.ntp / 2**32 - 2_208_988_800)
    kept = waited - 0.1
    far.report(ReceiverReport(far.ssrc, (Block(report.ssrc, last=left, delay=int(kept * 65536)),)))
    house.talk(0.1)
    house.order(Close("a"))
    assert house.told[-1].round_trip == pytest.approx(0.12, abs=0.025)


@pytest.mark.parametrize("suite", SUITES)
@pytest.mark.parametrize("shared", [False, True])
def test_a_sealed_leg_hears_speech_and_reports_as_a_plain_one_does(make, suite, shared):
    house = make()
    ours, theirs = keys(suite)
    far = house.open("a", keys=ours, mux=shared)
    far.sealed.agree(0, theirs, 0.0)
    other = house.open("b")
    house.order(Join("a", "b"))
    speech = (8000 * np.sin(np.arange(8000) * np.linspace(0.1, 1.2, 8000))).astype(np.int16)
    words = ENCODE[0][speech.view(np.uint16)].reshape(50, 160)
    for word in words:
        far.say(word.tobytes())
        other.say(word.tobytes())
        house.step()
        for end in (far, other):
            end.listen(house.now)
    for end in (far, other):
        heard = np.concatenate([DECODE[0][np.frombuffer(packet.payload, np.uint8)] for packet in end.heard])
        sent = DECODE[0][words.reshape(-1)][: len(heard)]
        best = max(np.corrcoef(heard[160 * lag :], sent[: len(heard) - 160 * lag])[0, 1] for lag in range(4))
        assert best > 0.999
    house.talk(4)
    assert far.last(SenderReport).blocks[0].ssrc == far.ssrc
    assert far.sealed.unopened[0] == 0
    far.report(ReceiverReport(far.ssrc, (Block(far.heard[-1].ssrc, 0, 1),)), shared=shared)
    far.sealed = Sealed(1)
    far.report(ReceiverReport(far.ssrc, (Block(far.heard[-1].ssrc, 0, 99),)), shared=shared)
    house.talk(0.1)
    house.order(Close("a"))
    quality = house.told[-1]
    assert quality.far.lost == 1
    assert quality.unopened >= 1


def test_strangers_are_counted_and_told_of_once_before_and_after_the_leg_is_settled(make):
    house = make()
    house.open("a")
    seat = house.far["a"].seat
    stranger = FarEnd("127.0.0.1")
    stranger.seat = seat
    house.talk(0.1)
    stranger.say()
    house.talk(2)
    assert house.worker._controls.guarded == {0}
    for _ in range(5):
        stranger.say()
        stranger.report(ReceiverReport(1))
        house.talk(0.1)
    house.talk(1)
    (told,) = house.of(Intruded)
    assert (told.leg, told.host, told.port) == ("a", "127.0.0.1", stranger.port)
    house.order(Close("a"))
    assert house.told[-1].intruders >= 6
    assert house.told[-1].lost == 0
    stranger.close()


def test_a_phone_that_is_gone_is_told_once_but_not_one_that_holds_or_still_reports(make):
    house = make(timeout=3.0)
    for leg in ("gone", "holds", "muted"):
        house.open(leg)
    held = Stream("127.0.0.1", house.far["holds"].port, direction="recvonly")
    house.order(Change("holds", held))
    house.talk(0.5, "holds")
    for _ in range(8):
        house.far["muted"].report(ReceiverReport(1))
        house.talk(1, "gone", "holds", "muted")
    (told,) = house.of(TimedOut)
    assert told.leg == "gone"
    assert 3.0 <= told.seconds < 3.3
    house.order(Change("holds", Stream("127.0.0.1", house.far["holds"].port)))
    house.talk(2, "holds")
    assert len(house.of(TimedOut)) == 1
    house.talk(2, "holds")
    assert [told.leg for told in house.of(TimedOut)] == ["gone", "holds"]


def test_a_bad_stretch_is_told_of_both_ways_and_its_end(make):
    house = make(poor_below=3.5)
    far = house.open("a")
    house.talk(4)
    for number in range(400):
        if number % 5:
            far.say()
        else:
            far.sequence += 1
        house.step()
        far.listen(house.now)
    far.report(ReceiverReport(far.ssrc, (Block(far.heard[-1].ssrc, 51),)))
    house.talk(15)
    far.report(ReceiverReport(far.ssrc, (Block(far.heard[-1].ssrc, 0),)))
    house.talk(0.1)
    assert [report.way for report in house.of(Poor)] == ["heard", "sent"]
    assert all(report.mos < 3.5 and 0.1 < report.loss < 0.25 for report in house.of(Poor))
    assert sorted(report.way for report in house.of(Fair)) == ["heard", "sent"]


def test_who_asks_for_metrics_gets_them(make):
    house = make()
    far = house.open("a", metrics=("voip-metrics",))
    house.talk(6)
    metrics = far.last(VoipMetrics)
    assert (metrics.of, metrics.loss_rate, metrics.gmin) == (far.ssrc, 0, 16)
    assert metrics.mos_cq > 42
    far.report(ReceiverReport(far.ssrc, (Block(metrics.ssrc),)), VoipMetrics(far.ssrc, metrics.ssrc, mos_cq=31))
    house.talk(0.1)
    house.order(Close("a"))
    assert house.told[-1].far.mos == 3.1


@pytest.mark.parametrize("host", ANY)
def test_sound_and_reports_are_marked(host):
    seats = Seats(host, *PORTS, dscp=46)
    seat = seats.take(seats.announce(0.0)[0])
    option = (socket.IPPROTO_IPV6, socket.IPV6_TCLASS) if ":" in host else (socket.IPPROTO_IP, socket.IP_TOS)
    assert [each.getsockopt(*option) for each in seat] == [46 << 2, 46 << 2]
    assert seat.control.getsockname()[1] == seat.sound.getsockname()[1] + 1
    seat.close()


def test_a_flood_of_reports_leaves_the_sound_alone(make):
    house = make()
    far = house.open("a")
    house.talk(1)
    flooder = FarEnd("127.0.0.1")
    flooder.seat = far.seat
    before = int(house.matrix.parts.intake.received[0])
    for _ in range(20):
        for _ in range(50):
            flooder.report(ReceiverReport(1))
        house.talk(0.02)
    assert int(house.matrix.parts.intake.received[0]) - before == 20
    flooder.close()


@pytest.mark.parametrize("octets", [b"", b"\x80", bytes([0x80, 200]), bytes([0x80, 201, 0, 9]) + bytes(8)])
def test_garbage_on_either_port_is_nothing(make, octets):
    house = make()
    far = house.open("a")
    house.talk(0.5)
    far.send(octets)
    far.control.sendto(octets, ("127.0.0.1", far.seat + 1))
    house.talk(0.5)
    house.order(Close("a"))
    assert (house.told[-1].received, house.told[-1].intruders) == (50, 0)
