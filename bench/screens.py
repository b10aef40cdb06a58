"""W6, screens: a thousand CTI clients who see everything, while 200 events happen a second.

The events are those of calls that come, are greeted and go. The same calls are made without clients first, so that what
delivering costs is the difference; and a hundred legs hear a prompt all the while, so that it is seen whether a frame of
theirs comes later because of the screens.
"""

import random
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple

from bench import machine
from bench.audience import Audience
from bench.callers import Callers
from bench.progress import Progress
from bench.results import Figure, Part, others
from bench.screen import token_of
from bench.switch import BenchError, Switch
from bench.voices import Heard, Voices

CLIENTS = 1000
EVENTS = 200
LEGS = 100
GOAL = 2.0
OF_A_CALL = 7
"""Entries that such a call leaves in the journal, about."""
HOLD = 1.0
SUPERVISOR = "2001"
_DELIVERED = "shoal_cti_events_delivered_total"
_RESYNCS = "shoal_cti_resyncs_total"


def changes() -> dict[str, dict[object, object]]:
    """Somebody who sees everything."""
    supervisor = {"name": "Supervisor", "password": f"bench-{SUPERVISOR}", "role": "supervisor"}
    return {"agents.yaml": {int(SUPERVISOR): supervisor}}


class Stretch(NamedTuple):
    """Some steady seconds."""

    spent: machine.Spent
    events: float
    delivered: float
    heard: Heard


def measure(switch: Switch, folder: Path, progress: Progress, quick: bool) -> Part:
    """Without clients, then with."""
    count, legs, seconds = (100, 20, 4) if quick else (CLIENTS, LEGS, 8)
    with ExitStack() as stack:
        voices = stack.enter_context(Voices(legs))
        listeners = stack.enter_context(Callers(switch.sip, voices, random.Random()))
        callers = stack.enter_context(Callers(switch.sip, None, random.Random()))
        for _ in range(legs):
            listeners.dial("5003")
            listeners.run(0.01)
        traffic = _Traffic(callers, listeners, EVENTS / OF_A_CALL)
        without = _stretch(switch, progress, voices, traffic, seconds, "without clients")
        progress.say(f"screens: {count} clients come")
        token = token_of(SUPERVISOR, f"bench-{SUPERVISOR}", switch.http_port)
        audience = stack.enter_context(Audience(count, token, switch.http_port))
        before = audience.tell()
        watched = _stretch(switch, progress, voices, traffic, seconds, f"{count} clients")
        after = audience.tell()
        resyncs = switch.metrics()[_RESYNCS]
    if after.lost or not watched.delivered:
        raise BenchError(f"{after.lost} clients were lost, {watched.delivered:.0f} events delivered\n{switch.said()}")
    reads = (after.reads - before.reads) / watched.delivered
    told = (f"{resyncs:.0f} clients were told to begin anew; {(after.octets - before.octets) / 1e6:.0f} MB, "
            f"{1 / max(reads, 1e-9):.1f} events to a read of a client")
    return _part(without, watched, count, told)


class _Traffic:
    """So many calls a second, each some time long."""

    def __init__(self, callers: Callers, listeners: Callers, rate: float) -> None:
        self._callers, self._listeners, self._rate = callers, listeners, rate

    def run(self, seconds: float) -> None:
        while seconds > 0:
            step = min(seconds, 1 / self._rate)
            self._callers.dial("5000")
            self._callers.run(step)
            self._listeners.run(0.0005)
            seconds -= step
            for call in self._callers.up:
                if call.last_for() > HOLD:
                    self._callers.hang_up(call)


def _stretch(switch: Switch, progress: Progress, voices: Voices, traffic: _Traffic, seconds: float, what: str) -> Stretch:
    progress.sleep(3.0, f"screens, {what}: warming up", traffic.run)
    voices.reset()
    first, counts = switch.look(), switch.metrics()
    progress.sleep(seconds, f"screens, {what}: measuring", traffic.run)
    last, after = switch.look(), switch.metrics()
    gone = {name: after[name] - counts[name] for name in (_DELIVERED, "shoal_journal_entries_total")}
    return Stretch(machine.between(first, last), gone["shoal_journal_entries_total"], gone[_DELIVERED], voices.tell())


def _part(without: Stretch, watched: Stretch, count: int, told: str) -> Part:
    of_clients = watched.spent.total / watched.spent.seconds - without.spent.total / without.spent.seconds
    delivered = watched.delivered / watched.spent.seconds
    figures = [
        Figure("CPU per delivered event", 1e6 * of_clients / delivered, "us", GOAL),
        Figure("events a second", watched.events / watched.spent.seconds, ""),
        Figure("delivered a second", delivered, ""),
        Figure("a frame is late by, p99.9, without clients", 1e3 * without.heard.late_p999, "ms late"),
        Figure("a frame is late by, p99.9, with them", 1e3 * watched.heard.late_p999, "ms late",
               max(5.0, 2e3 * without.heard.late_p999)),
        Figure("frames missing because of them", watched.heard.missing, "", max(0, without.heard.missing)),
    ]
    shares = ", ".join(f"{name} {cpu / watched.spent.seconds:.1%}" for name, cpu in watched.spent.cpu.items())
    seen = [f"of one core: {shares}", told, others(watched.spent)]
    what = f"{count} CTI clients who see everything, while about {EVENTS} events happen a second."
    return Part("W6 screens", what, figures, seen)
