"""The worker stepped by hand, with real sockets; and once as the process that it is."""

import asyncio
import os
import signal
import socket
import wave
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from random import Random

import msgspec
import numpy as np
import pytest

from media import orders
from media.codecs import Opus
from media.control import LARGEST, Line
from media.g711 import DECODE, ENCODE
from media.matrix import Matrix
from media.orders import AnyOrder, AnyReport, Close, Finish, Load, Open, Play, Played, Record, Recorded, Stream, Trouble
from media.orders import Seats as Free
from media.pool import Pool, Sounds
from media.port import MediaPort
from media.rtp import build, parse
from media.seats import REST, SPARE, Seats
from media.worker import Worker
from media.writer import Writer

PORTS = (44000, 44998)


class House:
    """The switch's end of a line, and the worker at the other one."""

    def __init__(self) -> None:
        ours, theirs = Line.pair()
        self.line = Line(ours, AnyReport)
        sounds = Sounds(pool := Pool())
        self.writer = Writer()
        self.writer.start()
        matrix = Matrix(100, pool, sounds.find, Random(1))
        self.worker = Worker(Line(theirs, AnyOrder), Seats("127.0.0.1", *PORTS), matrix, self.writer, lines=64)
        self.now = 50.0
        self.phones: list[socket.socket] = []

    def order(self, *given: AnyOrder) -> list[AnyReport]:
        self.line.send(given)
        self.worker.listen(self.now)
        return self.line.receive()

    def step(self, late: float = 0.0) -> list[AnyReport]:
        self.now += 0.02
        self.worker.step(self.now, late)
        return self.line.receive()

    def phone(self) -> socket.socket:
        phone = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        phone.bind(("127.0.0.1", 0))
        phone.settimeout(1.0)
        self.phones.append(phone)
        return phone

    def close(self) -> None:
        for phone in self.phones:
            phone.close()
        self.worker.finish()
        self.line.close()


@pytest.fixture
def house():
    house = House()
    yield house
    house.close()


def stream(phone: socket.socket) -> Stream:
    return Stream("127.0.0.1", phone.getsockname()[1])


def test_two_legs_are_joined_over_real_sockets(house):
    (free,) = house.step()
    one, other = house.phone(), house.phone()
    legs = zip("ab", free.ports, (one, other), strict=False)
    assert house.order(*(Open(leg, port, stream(phone)) for leg, port, phone in legs), orders.Join("a", "b")) == []
    words = [bytes([number]) * 160 for number in range(5)]
    heard = []
    for number, word in enumerate(words):
        one.sendto(build(0, number, number * 160, 1, word), ("127.0.0.1", free.ports[0]))
        house.step()
        heard.append(parse(other.recv(2048)).payload)
    assert heard[1:] == words[:4]


def test_orders_are_done_between_steps(house):
    house.step()
    assert house.order(Play("nobody", "p", ())) == [Trouble("nobody", "there is no such leg")]


def test_seats_are_kept_ready_and_rest_after_a_leg(house):
    (first,) = house.step()
    assert len(first.ports) == SPARE
    assert all(port % 2 == 0 for port in first.ports)
    seat = first.ports[0]
    assert house.order(Open("a", seat)) == []
    (more,) = house.step()
    assert len(more.ports) == 1
    assert house.order(Open("b", seat)) == [Trouble("b", f"port {seat} is not a free seat")]
    house.order(Close("a"))
    told = [house.step() for _ in range(int(REST / 0.02) + 2)]
    assert [report for reports in told for report in reports if isinstance(report, Free)] == [Free((seat,))]
    assert house.order(Open("b", seat)) == []


def test_what_came_to_a_free_seat_is_not_heard(house):
    (free,) = house.step()
    phone = house.phone()
    for number in range(5):
        phone.sendto(build(0, number, number * 160, 1, bytes(160)), ("127.0.0.1", free.ports[0]))
    house.order(Open("a", free.ports[0], stream(phone)))
    house.step()
    assert house.order(Close("a"))[0].received == 0


def test_load_is_told_once_a_second(house):
    told = [report for number in range(100) for report in house.step(0.001 * number) if isinstance(report, Load)]
    assert [(load.steps, round(load.late_max, 3)) for load in told] == [(50, 0.049), (50, 0.099)]
    assert [load.late_steps for load in told] == [29, 50]
    assert [round(load.late_p99, 3) for load in told] == [0.048, 0.098]


def test_nonsense_from_the_switch_is_trouble(house):
    house.line._end.send(msgspec.msgpack.encode([["Dance", "a"]]))
    house.worker.listen(house.now)
    assert [type(told) for told in house.line.receive()] == [Trouble]


def test_many_orders_are_several_messages_and_all_arrive(house):
    house.step()
    long = "x" * (LARGEST // 50)
    told = house.order(*(Play(f"{number}{long}", "p", ()) for number in range(120)))
    assert [report.leg[:-len(long)] for report in told] == [str(number) for number in range(120)]


def test_who_does_not_read_loses_nothing(house):
    house.step()
    for number in range(3000):
        house.worker._line.send([Trouble(str(number), "x" * 1000)])
    got = []
    while len(got) < 3000:
        got += house.line.receive()
        house.worker._line.flush()
    assert [report.leg for report in got if isinstance(report, Trouble)] == [str(number) for number in range(3000)]


def test_a_settled_leg_is_deaf_to_others_until_signalling_speaks_or_it_is_silent(house):
    (free,) = house.step()
    phone, other = house.phone(), house.phone()
    seat = ("127.0.0.1", free.ports[0])
    house.order(Open("a", free.ports[0], stream(phone)))

    def talk(who: socket.socket, steps: int) -> int:
        before = int(house.worker._matrix.parts.intake.received[0])
        for _ in range(steps):
            talk.count += 1
            who.sendto(build(0, talk.count, talk.count * 160, 1, bytes(160)), seat)
            house.step()
        return int(house.worker._matrix.parts.intake.received[0]) - before

    talk.count = 0
    assert talk(phone, 30) == 30
    stranger = house.phone()
    stranger.connect(seat)
    for _ in range(3):
        stranger.send(build(0, 1, 160, 9, bytes(160)))
    assert talk(phone, 30) == 30
    assert house.worker._matrix.parts.sources.strangers[0] == 3
    house.order(orders.Change("a", stream(other)))
    assert talk(other, 40) == 40
    for _ in range(200):
        house.step()
    assert talk(phone, 10) == 10


def test_a_flood_does_not_stop_the_others(house):
    (free,) = house.step()
    victim, flooder = house.phone(), house.phone()
    house.order(Open("a", free.ports[0], stream(victim)), Open("b", free.ports[1], stream(flooder)))
    for number in range(200):
        flooder.sendto(os.urandom(40), ("127.0.0.1", free.ports[1]))
        if number % 40 == 0:
            victim.sendto(build(0, number, number * 4, 1, bytes(160)), ("127.0.0.1", free.ports[0]))
    for _ in range(5):
        house.step()
    assert house.order(Close("a"))[0].received == 5


def write_sound(path: Path, seconds: float) -> str:
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, 8000, 0, "NONE", ""))
        file.writeframes(bytes(int(16000 * seconds)))
    return str(path)


async def test_the_process_plays_records_and_finishes_when_the_switch_hangs_up(tmp_path):
    told: list[AnyReport] = []
    died: list[bool] = []
    port = MediaPort(told.extend, lambda: died.append(True))
    await port.start(first_port=44400, last_port=44598, preload=[tmp_path])
    seat = told[0].ports[0]
    os.kill(port.pid, signal.SIGINT)
    sound = write_sound(tmp_path / "sound.wav", 0.05)
    records = [Record(name, str(tmp_path / f"{name}.wav"), "a") for name in ("one", "two")]
    port.send([Open("a", seat, Stream("127.0.0.1", 9)), *records, Play("a", "p", (sound,))])
    while Played("a", "p") not in told:
        await asyncio.sleep(0.01)
    port.send([Finish("one")])
    await port.close()
    recorded = {report.recording: report.seconds for report in told if isinstance(report, Recorded)}
    assert set(recorded) == {"one", "two"}
    assert min(recorded.values()) >= 0.06
    assert died == []
    assert port._process.returncode == 0


async def test_a_worker_that_dies_is_told_and_its_files_play(tmp_path):
    told: list[AnyReport] = []
    died = asyncio.Event()
    port = MediaPort(told.extend, died.set)
    await port.start(first_port=44600, last_port=44798)
    port.send([Open("a", told[0].ports[0]), Record("r", str(tmp_path / "r.wav"), "a")])
    while not (tmp_path / "r.wav").exists() or (tmp_path / "r.wav").stat().st_size <= 44:
        await asyncio.sleep(0.02)
    os.kill(port.pid, signal.SIGKILL)
    await asyncio.wait_for(died.wait(), 5)
    port.send([Close("a")])
    await port.close()
    with wave.open(str(tmp_path / "r.wav")) as file:
        assert file.getnframes() % 4000 == 0
        assert file.getnframes() > 0


async def test_speech_in_opus_goes_through_the_transcoder_process_and_survives_its_death(tmp_path):
    told: list[AnyReport] = []
    port = MediaPort(told.extend, lambda: None)
    await port.start(first_port=45000, last_port=45998, transcodes=True)
    seats = next(report for report in told if isinstance(report, Free)).ports
    phones = []
    for _ in range(2):
        phone = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        phone.setblocking(False)
        phone.bind(("127.0.0.1", 0))
        phones.append(phone)
    wide = Stream("127.0.0.1", phones[0].getsockname()[1], "opus", 98, None)
    port.send([Open("wide", seats[0], wide), Open("plain", seats[1], stream(phones[1])), orders.Join("wide", "plain")])
    coder, moments = Opus("useinbandfec=1"), 2 * np.pi * np.arange(160 * 4000) / 8000
    said = ENCODE[0][(8000 * np.sin(400 * moments)).astype(np.int16).view(np.uint16)].tobytes()
    number = 0

    def listen(phone: socket.socket) -> list:
        with suppress(BlockingIOError):
            return [parse(phone.recv(2048)), *listen(phone)]
        return []

    async def talk(until) -> None:
        """Both talk until each has heard enough of the other, or it takes too long."""
        nonlocal number
        for _ in range(1000):
            words = said[number * 160 : number * 160 + 160]
            phones[0].sendto(build(98, number, number * 960, 5, coder.encode(words)), ("127.0.0.1", seats[0]))
            phones[1].sendto(build(0, number, number * 160, 6, words), ("127.0.0.1", seats[1]))
            number += 1
            await asyncio.sleep(0.02)
            if until(listen(phones[0]), listen(phones[1])):
                return
        raise AssertionError("they do not hear each other")

    def loud(samples: np.ndarray) -> bool:
        return np.sqrt((samples.astype(float) ** 2).mean()) > 4000

    def both_heard() -> Callable:
        decoder, heard = Opus(), [0, 0]

        def count(opus: list, plain: list) -> bool:
            heard[0] += sum(loud(DECODE[0][np.frombuffer(decoder.decode(packet.payload), np.uint8)]) for packet in opus)
            heard[1] += sum(loud(DECODE[0][np.frombuffer(packet.payload, np.uint8)]) for packet in plain)
            assert {packet.payload_type for packet in opus} <= {98}
            return min(heard) > 20

        return count

    def transcoders() -> list[int]:
        return [int(pid) for pid in Path(f"/proc/{port.pid}/task/{port.pid}/children").read_text().split()]

    assert len(transcoders()) == 1, "it is there before the first of them speaks"
    await talk(both_heard())
    (process,) = transcoders()
    os.kill(process, signal.SIGKILL)
    await talk(lambda opus, plain: transcoders() not in ([], [process]))
    await talk(both_heard())
    (process,) = transcoders()
    await port.close()
    assert not Path(f"/proc/{process}").exists()
    for phone in phones:
        phone.close()
