"""How many recorded legs one media worker holds: real RTP over loopback, every leg recorded, half of them bridged.

    python -m bench.rtp_load [--legs 300] [--seconds 15] [--prompt]

A process of its own plays the phones: a socket each, a packet every 20 ms, spread over the 20 ms as real phones are,
some of them lost and some exchanged. It prints the worker's CPU time for one leg and one step, the same as CPU for one
second of a call, and how late steps began.
"""

import argparse
import asyncio
import multiprocessing
import multiprocessing.connection
import random
import socket
import tempfile
import time
import wave
from pathlib import Path

from media.orders import AnyReport, Join, Load, Open, Play, Record, Seats, Stream
from media.port import MediaPort
from media.rtp import build

_SLICES = 10
_STEP = 0.02


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--legs", type=int, default=300)
    parser.add_argument("--seconds", type=float, default=15.0)
    parser.add_argument("--first-port", type=int, default=52000)
    parser.add_argument("--prompt", action="store_true", help="all hear a prompt, nobody is bridged")
    options = parser.parse_args()
    asyncio.run(measure(options.legs, options.seconds, options.first_port, options.prompt))


async def measure(legs: int, seconds: float, first_port: int, prompt: bool) -> None:
    """Run it once and print the figures."""
    seats: list[int] = []
    loads: list[Load] = []

    def hear(reports: list[AnyReport]) -> None:
        for report in reports:
            if isinstance(report, Seats):
                seats.extend(report.ports)
            elif isinstance(report, Load):
                loads.append(report)

    port = MediaPort(hear, lambda: print("the worker died"))
    with tempfile.TemporaryDirectory() as folder:
        await port.start(first_port=first_port, last_port=first_port + 2 * legs + 256)
        ours, theirs = multiprocessing.Pipe()
        phones = multiprocessing.get_context("spawn").Process(target=play_phones, args=(theirs, legs), daemon=True)
        phones.start()
        addresses = await asyncio.to_thread(ours.recv)
        taken = await _open(port, seats, addresses)
        _busy(port, legs, Path(folder), prompt)
        ours.send(taken)
        await asyncio.sleep(3.0)
        loads.clear()
        await asyncio.sleep(seconds)
        _tell(loads, legs)
        ours.send("stop")
        await port.close()


async def _open(port: MediaPort, seats: list[int], addresses: list[int]) -> list[int]:
    taken = []
    for number, theirs in enumerate(addresses):
        while not seats:
            await asyncio.sleep(0.001)
        taken.append(seats.pop(0))
        port.send([Open(f"leg{number}", taken[-1], Stream("127.0.0.1", theirs))])
    return taken


def _busy(port: MediaPort, legs: int, folder: Path, prompt: bool) -> None:
    sound = folder / "prompt.wav"
    with wave.open(str(sound), "wb") as file:
        file.setparams((1, 2, 8000, 0, "NONE", ""))
        file.writeframes(random.Random(1).randbytes(16000 * 25))
    for leg in range(legs):
        name = f"leg{leg}"
        if leg % 4 == 1 and not prompt:
            port.send([Join(f"leg{leg - 1}", name)])
        elif leg % 4 > 1 or prompt:
            port.send([Play(name, "prompt", (str(sound),) * 10)])
        port.send([Record(name, str(folder / f"{name}.wav"), name, f"leg{leg ^ 1}")])


def _tell(loads: list[Load], legs: int) -> None:
    first, last = loads[0], loads[-1]
    steps = sum(load.steps for load in loads[1:])
    each = (last.cpu - first.cpu) / (steps * legs)
    print(f"legs {legs}, steps {steps}")
    print(f"CPU for a leg and a step     {each * 1e6:6.2f} us")
    print(f"CPU for a second of a call   {each * 50e3:6.3f} ms")
    print(f"worker's share of a core     {(last.cpu - first.cpu) / (steps * _STEP):6.1%}")
    print(f"a step begins late by        {max(load.late_p99 for load in loads) * 1e3:6.2f} ms (worst p99 of a second)")
    print(f"                             {max(load.late_max for load in loads) * 1e3:6.2f} ms (worst)")


def play_phones(pipe: multiprocessing.connection.Connection, legs: int) -> None:
    """The far ends."""
    rng = random.Random(7)
    phones = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(legs)]
    for phone in phones:
        phone.bind(("127.0.0.1", 0))
        phone.setblocking(False)
    pipe.send([phone.getsockname()[1] for phone in phones])
    targets = [("127.0.0.1", port) for port in pipe.recv()]
    voices = [rng.randbytes(160) for _ in range(16)]
    due, step = time.monotonic(), 0
    held: dict[int, bytes] = {}
    while not pipe.poll():
        for part in range(_SLICES):
            for leg in range(part, legs, _SLICES):
                packet = build(0, step, step * 160, leg, voices[(leg + step) % 16])
                chance = rng.random()
                if chance < 0.01:
                    continue
                if chance < 0.02 and leg not in held:
                    held[leg] = packet
                    continue
                phones[leg].sendto(packet, targets[leg])
                if leg in held:
                    phones[leg].sendto(held.pop(leg), targets[leg])
                _read(phones[leg])
            due += _STEP / _SLICES
            time.sleep(max(0.0, due - time.monotonic()))
        step += 1


def _read(phone: socket.socket) -> None:
    try:
        phone.recv(2048)
    except BlockingIOError:
        return


if __name__ == "__main__":
    main()
