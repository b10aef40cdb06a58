"""W4, a queue: callers wait with music and hear their position, then talk for 20 s with agents, recorded.

Twice as many callers as agents are there all the time, so that half of them wait and half of them talk, about 20 s each; who
is done makes room for a new one. Agents and callers say something all the time. Agents have phones and screens like those
of the reaction, and the reaction is told, too.
"""

import random
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from bench import machine
from bench.agents import Crew
from bench.callers import Callers
from bench.progress import Progress
from bench.results import Figure, Part, others, quantile
from bench.switch import BenchError, Switch
from bench.switch import crew as agents
from bench.voices import Heard, Voices

AGENTS = 100
TALK = (17.0, 23.0)
QUICK = (10, (4.0, 6.0))
GOAL = 0.72
ARRIVALS = 50
"""Calls a second in the beginning."""


def changes() -> dict[str, dict[object, object]]:
    """Agents; the position is told after two seconds and every ten, so that everybody hears it."""
    return {"agents.yaml": agents(AGENTS),
            "queues.yaml": {"support": {"announce_first": 2, "announce_every": 10, "handling_time": "20 s"}}}


def measure(switch: Switch, folder: Path, progress: Progress, quick: bool) -> Part:
    """Fill the house, let it turn over once, then measure for as long as a talk lasts."""
    at_work, talk = QUICK if quick else (AGENTS, TALK)
    users = {str(user): entry["password"] for user, entry in agents(at_work).items()}
    with ExitStack() as stack:
        voices = stack.enter_context(Voices(4 * at_work))
        crew = stack.enter_context(Crew(users, switch, talk, random.Random(), voices))
        callers = stack.enter_context(Callers(switch.sip, voices, random.Random()))
        crew.also(callers.socket, callers.read, callers.wake)
        crew.start()
        house = _House(crew, callers, 2 * at_work)
        progress.sleep(talk[1] + 2 * at_work / ARRIVALS, "queue: callers come", house.run)
        for phone in crew.phones:
            phone.reactions.clear()
        voices.reset()
        first, present, late = switch.look(), house.present, []
        for second in range(seconds := int(talk[0])):
            progress.say("queue: measuring", second / seconds)
            house.run(1.0)
            late.append(switch.health())
        last, heard = switch.look(), voices.tell()
        spent = machine.between(first, last)
        call_seconds = house.present - present
        if callers.refusals or call_seconds < at_work * spent.seconds:
            raise BenchError(f"the house was not full: {callers.refusals[:3]}, {call_seconds:.0f} call-seconds\n"
                             f"{switch.said()}")
        reactions = [1e3 * each for phone in crew.phones for each in phone.reactions]
        return _part(spent, call_seconds, heard, reactions, f"{at_work} agents, {len(callers.calls)} callers at the end")


class _House:
    """Keeps so many callers there, and counts the seconds that they are there together (``present``)."""

    def __init__(self, crew: Crew, callers: Callers, wanted: int) -> None:
        self._crew, self._callers, self._wanted = crew, callers, wanted
        self.present = 0.0

    def run(self, seconds: float) -> None:
        while seconds > 0:
            if len(self._callers.calls) < self._wanted:
                self._callers.dial("5002")
            step = min(seconds, 1 / ARRIVALS)
            self._crew.run(step)
            self.present += step * len(self._callers.up)
            seconds -= step


def _part(spent: machine.Spent, call_seconds: float, heard: Heard, reactions: Sequence[float], told: str) -> Part:
    shares = ", ".join(f"{name} {cpu / spent.seconds:.1%}" for name, cpu in spent.cpu.items())
    each = 1e3 * spent.total / call_seconds
    figures = [
        Figure("CPU per call-second, half waiting, half talking", each, "ms", GOAL, "6.1 loaded", 6.1),
        Figure("packets that were not heard", max(0.0, 100 * (1 - heard.heard / max(1, heard.said))), "%", 1.0),
        Figure("agent free -> INVITE on the wire, p50", quantile(reactions, 0.5), "ms of time", None,
               "1,600-1,800 with 50 waiting"),
        Figure("agent free -> INVITE on the wire, p99", quantile(reactions, 0.99), "ms of time"),
    ]
    seen = [f"of one core: {shares}", f"{told}; {call_seconds / spent.seconds:.0f} calls at once in the mean, "
            f"{len(reactions)} agents took the next caller", f"{heard.heard} packets heard for {heard.said} said, the "
            f"generator took {heard.cpu / heard.seconds:.1%} of a core", others(spent)]
    what = ("Callers wait with music and position, then talk to agents for 17-23 s, recorded on both sides; half of them "
            "wait, half talk. A call-second is one second of one caller.")
    return Part("W4 queue", what, figures, seen)
