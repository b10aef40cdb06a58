"""``python -m bench.garbage``: what a flood of datagrams that are no proper SIP costs the switch, a packet.

First the Exchange alone, in a hot loop; then a whole shell on a socket of the loopback, without media and store, and the
flood from a process of its own. By one source, and by hundreds, each of them below the rate at which the guard hears it no
more. What is told is the CPU time of the process of the switch for each datagram that it took from the kernel; what the
kernel drops when nobody reads costs the switch nothing.
"""

import asyncio
import random
import socket
import subprocess
import sys
import time
from types import SimpleNamespace

from bench.switch import CONFIG
from switch import logs
from switch.clock import Clock
from switch.exchange import Exchange
from switch.journal import Journal
from switch.loading import load
from switch.shell import Shell
from switch.sip.effects import Address

_HEAD = ("Via: SIP/2.0/UDP 192.0.2.7:5060;branch=z9hG4bK{n};rport\r\nFrom: <sip:a@b>;tag=1\r\nTo: <sip:5000@b>\r\n"
         "Call-ID: {n}@b\r\n")
KINDS = {
    "rubbish": "x" * 400,
    "half a line": "INVITE sip:5000@b SIP/2.0\r\nVia: SIP/2",
    "no Via": "INVITE sip:5000@b SIP/2.0\r\nFrom: <sip:a@b>;tag=1\r\nCall-ID: {n}\r\nCSeq: 1 INVITE\r\n\r\n",
    "a Via with an open quote": 'INVITE sip:5000@b SIP/2.0\r\nVia: SIP/2.0/UDP h;branch="z9{n}\r\nCSeq: 1 INVITE\r\n\r\n',
    "a CSeq of another method": "INVITE sip:5000@b SIP/2.0\r\n" + _HEAD + "CSeq: 1 BYE\r\nContent-Length: 0\r\n\r\n",
    "a body that is cut off": "INVITE sip:5000@b SIP/2.0\r\n" + _HEAD + "CSeq: 1 INVITE\r\nl: 900\r\n\r\nv=0",
    "sixty headers": "INVITE sip:5000@b SIP/2.0\r\n" + _HEAD + "X-A: b\r\n" * 60 + "CSeq: 1 BYE\r\n\r\n",
    "an answer that nobody waits for": "SIP/2.0 200 OK\r\n" + _HEAD + "CSeq: 1 INVITE\r\nContent-Length: 0\r\n\r\n",
}
SECONDS = 2.0
SOURCES = 900


def main() -> None:
    logs.start("warning")
    print("CPU microseconds a datagram: the Exchange alone, from one source and from hundreds; then with sockets (a second)")
    for kind in KINDS:
        alone = [core(kind, sources) for sources in (1, SOURCES)]
        whole = [asyncio.run(measure(kind, sources)) for sources in (1, SOURCES)]
        print(f"  {kind:32}" + "".join(f"{cost:7.1f}" for cost in alone)
              + "".join(f"{cost:9.1f} ({rate:7,.0f})" for cost, rate in whole), flush=True)


def core(kind: str, sources: int, rate: int = 50_000) -> float:
    """Microseconds a datagram of a flood that has lasted for half a second, nothing on a wire."""
    exchange, now = _exchange(), 1_000_000.0
    flood = [(KINDS[kind].replace("{n}", str(n)).encode(), Address("udp", _host(n % sources), 5060)) for n in range(rate)]
    begun = time.process_time()
    for number, (data, source) in enumerate(flood):
        if number == rate // 2:
            begun = time.process_time()
        now += 1 / rate
        exchange.receive(data, source, now)
    return 1e6 * (time.process_time() - begun) / (rate - rate // 2)


async def measure(kind: str, sources: int) -> tuple[float, float]:
    """Microseconds a datagram, and how many a second were taken."""
    shell = _shell()
    heard = [0]

    def count(data: bytes, source: object, take: object = shell.transport._datagrams._on_message) -> None:
        heard[0] += 1
        take(data, source)

    shell.transport._datagrams._on_message = count
    await shell.transport.start("127.0.0.1", 0)
    shell.write_ladder()
    flood = subprocess.Popen([sys.executable, "-m", "bench.garbage", kind, str(sources), str(shell.transport.port)])
    try:
        while heard[0] < SOURCES:
            await asyncio.sleep(0.1)
        before, spent, begun = heard[0], time.process_time(), time.monotonic()
        await asyncio.sleep(SECONDS)
        number, spent = heard[0] - before, time.process_time() - spent
        return 1e6 * spent / max(1, number), number / (time.monotonic() - begun)
    finally:
        flood.kill()
        flood.wait()
        await shell.transport.close()


def _shell() -> Shell:
    store = SimpleNamespace(write=lambda *_: None, write_traces=lambda *_: None, away=False, lag=0)
    return Shell(_exchange(), Clock(), store, SimpleNamespace())


def _exchange() -> Exchange:
    settings = load(CONFIG)
    return Exchange(settings, settings.prompts, random.Random(1), recordings="", journal=Journal(0, 0.0), epoch="e")


def _host(number: int) -> str:
    return f"127.1.{number >> 8}.{number & 255}"


def flood(kind: str, sources: int, port: int) -> None:
    """Send until killed."""
    ways = [_from(_host(number)) for number in range(sources)]
    n = 0
    while True:
        n += 1
        ways[n % sources].sendto(KINDS[kind].replace("{n}", str(n)).encode(), ("127.0.0.1", port))


def _from(host: str) -> socket.socket:
    made = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    made.bind((host, 0))
    return made


if __name__ == "__main__":
    if len(sys.argv) > 1:
        flood(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
    else:
        main()
