"""Bad input under load: floods of malformed datagrams, of REGISTERs with wrong passwords, of RTP from a wrong source, while
calls are up and others come in.

Calls in progress must keep their frames: the latest frame of a thousand at most twice as late as without the flood (or a
millisecond, where that is less than a clock can tell on a busy machine). And a packet of the flood may cost 20 us of CPU:
what the switch takes meanwhile, less what the calls alone took, by the packets that were sent.
"""

import random
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple

from bench import machine
from bench.callers import Callers
from bench.flood import RATE, STRANGERS, Flood, Kind, malformed, registers, sound
from bench.progress import Progress
from bench.results import Figure, Part, others, quantile
from bench.switch import BenchError, Switch, free_port
from bench.voices import Heard, Voices

LEGS = 100
CALLS = 10
"""Calls a second that come in meanwhile."""
GOAL = 20.0
LEAST = 1.0
"""Milliseconds of lateness that nobody is blamed for."""


class Stretch(NamedTuple):
    """Some steady seconds."""

    spent: machine.Spent
    heard: Heard
    sent: int
    answered: list[float]
    refused: int


def measure(switch: Switch, folder: Path, progress: Progress, quick: bool) -> Part:
    """Quiet first, then flood by flood."""
    legs, seconds = (20, 2) if quick else (LEGS, 4)
    with ExitStack() as stack:
        voices = stack.enter_context(Voices(legs))
        listeners = stack.enter_context(Callers(switch.sip, voices, random.Random()))
        callers = stack.enter_context(Callers(switch.sip, None, random.Random()))
        for _ in range(legs):
            listeners.dial("5001")
            listeners.run(0.01)
        listeners.run(1.0)
        if len(listeners.up) < legs:
            raise BenchError(f"only {len(listeners.up)} of {legs} calls came up\n{switch.said()}")
        scene = _Scene(switch, progress, voices, listeners, callers, seconds)
        quiet = scene.stretch("quiet")
        floods = {kind.name: scene.stretch(kind.name, kind) for kind in _kinds(switch, [call.port for call in listeners.up])}
        if len(listeners.up) < legs:
            raise BenchError(f"{legs - len(listeners.up)} calls ended in the flood\n{switch.said()}")
    figures = [Figure("a frame is late by, p99.9, quiet", 1e3 * quiet.heard.late_p999, "ms late"),
               Figure("INVITE to 200, p99, quiet", 1e3 * quantile(quiet.answered, 0.99), "ms of time")]
    for name, flooded in floods.items():
        figures += _figures(name, quiet, flooded)
    what = f"{legs} recorded calls, {CALLS} more a second, and {RATE} packets a second that nobody asked for."
    seen = [f"{name}: {_told(stretch)}" for name, stretch in {"quiet": quiet, **floods}.items()]
    return Part("Floods", what, figures, seen)


def _kinds(switch: Switch, ports: list[int]) -> list[Kind]:
    rng = random.Random(3)
    spare = [max(ports) + 2 * step for step in range(1, 40)]
    return [Kind("malformed, one source", malformed(rng), [switch.sip_port], 1),
            Kind("malformed, many sources", malformed(rng), [switch.sip_port], STRANGERS),
            Kind("wrong passwords, one source", registers(rng), [switch.sip_port], 1),
            Kind("wrong passwords, many sources", registers(rng), [switch.sip_port], STRANGERS),
            Kind("RTP to open ports", sound(rng), ports, 1),
            Kind("RTP to ports without a call", sound(rng), spare, 1),
            Kind("RTP to closed ports", sound(rng), [free_port() for _ in range(8)], 1)]


class _Scene:
    """The calls that go on while somebody floods."""

    def __init__(self, switch: Switch, progress: Progress, voices: Voices, listeners: Callers, callers: Callers,
                 seconds: float) -> None:
        self._switch, self._progress, self._voices = switch, progress, voices
        self._listeners, self._callers, self._seconds = listeners, callers, seconds

    def stretch(self, name: str, kind: Kind | None = None) -> Stretch:
        """With this flood, or in quiet."""
        with ExitStack() as stack:
            flood = stack.enter_context(Flood(kind)) if kind else None
            self._progress.sleep(1.5, f"floods, {name}: settling", self._run)
            self._callers.answers.clear()
            self._callers.refusals.clear()
            self._voices.reset()
            first, sent = self._switch.look(), flood.sent() if flood else 0
            self._progress.sleep(self._seconds, f"floods, {name}: measuring", self._run)
            last, sent = self._switch.look(), (flood.sent() if flood else 0) - sent
            return Stretch(machine.between(first, last), self._voices.tell(), sent, list(self._callers.answers),
                           len(self._callers.refusals))

    def _run(self, seconds: float) -> None:
        while seconds > 0:
            step = min(seconds, 1 / CALLS)
            self._callers.dial("5000")
            self._callers.run(step)
            self._listeners.run(0.0005)
            seconds -= step
            for call in self._callers.up:
                if call.last_for() > 0.3:
                    self._callers.hang_up(call)


def _figures(name: str, quiet: Stretch, flooded: Stretch) -> list[Figure]:
    more = flooded.spent.total / flooded.spent.seconds - quiet.spent.total / quiet.spent.seconds
    packets = max(1, flooded.sent) / flooded.spent.seconds
    allowed = max(LEAST, 2e3 * quiet.heard.late_p999)
    return [
        Figure(f"{name}: CPU for a packet", max(0.0, 1e6 * more / packets), "us", GOAL),
        Figure(f"{name}: a frame is late by, p99.9", 1e3 * flooded.heard.late_p999, "ms late", allowed),
        Figure(f"{name}: frames missing", flooded.heard.missing, "", max(0, quiet.heard.missing)),
        Figure(f"{name}: INVITE to 200, p99", 1e3 * quantile(flooded.answered, 0.99), "ms of time"),
        Figure(f"{name}: new calls refused", flooded.refused, "", 0),
    ]


def _told(stretch: Stretch) -> str:
    shares = ", ".join(f"{name} {cpu / stretch.spent.seconds:.1%}" for name, cpu in stretch.spent.cpu.items())
    return (f"{stretch.sent / stretch.spent.seconds:.0f} packets a second; of one core: {shares}; "
            f"{len(stretch.answered)} new calls answered; {stretch.heard.heard} packets heard for {stretch.heard.said} "
            f"said; {others(stretch.spent)}")
