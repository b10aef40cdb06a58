"""W7, how fast a caller who waits gets the agent who has become free, with a screen for every agent and a full queue.

``python -m bench.reaction --waiting 200 --agents 100 --talk 3 5 --pin`` measures another size alone, with signalling and
media on cores of their own.
"""

import argparse
import random
import tempfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from bench import machine
from bench.agents import Crew
from bench.progress import Progress
from bench.results import Figure, Part, others, quantile
from bench.sipp import Sipp
from bench.switch import BenchError, Switch
from bench.switch import crew as agents

RATE = 100
"""Calls a second that come as long as fewer than that are there."""
GOAL = 5.0


class Size(NamedTuple):
    """How many wait and work, how long a talk lasts (from and to), and for how long it is measured, in seconds."""

    waiting: int
    agents: int
    talk: tuple[float, float]
    seconds: int = 20


WHOLE, QUICK = Size(1000, 300, (6.0, 12.0)), Size(60, 20, (0.4, 0.8), 6)


def changes(size: Size = WHOLE) -> dict[str, dict[object, object]]:
    """More agents than the others need."""
    return {"agents.yaml": agents(size.agents),
            "queues.yaml": {"support": {"max_size": size.waiting + size.agents + 100}}}


def measure(switch: Switch, folder: Path, progress: Progress, quick: bool) -> Part:
    """Fill the queue, then let the agents work."""
    return react(switch, folder, progress, QUICK if quick else WHOLE)


def react(switch: Switch, folder: Path, progress: Progress, size: Size) -> Part:
    """The same in this size."""
    waiting, at_work, talk, seconds = size
    users = {str(user): entry["password"] for user, entry in agents(at_work).items()}
    at_once = waiting + at_work
    with (Crew(users, switch, talk, random.Random()) as crew,
          Sipp("wait", "5002", switch.sip, folder, rate=RATE, at_once=at_once) as caller):
        _work(crew, 1 + at_once / RATE, progress, "callers come")
        crew.start()
        _work(crew, talk[0], progress, "agents begin")
        for phone in crew.phones:
            phone.reactions.clear()
        first = switch.look()
        _work(crew, seconds, progress, "measuring")
        last, total = switch.look(), caller.counts()
        if not caller.running or total.now < waiting:
            raise BenchError(f"the queue was not kept full: {total}\n{caller.errors()}\n{switch.said()}")
        _work(crew, 0.2, progress, "measuring")  # what is on its way to the screens still arrives
    what = (f"{waiting} callers wait, {at_work} agents with a screen each talk for {talk[0]}-{talk[1]} s and have no "
            "after-call work. From an agent's BYE to that agent's next INVITE.")
    told = f"{total.failed} callers failed, {total.now} were there at the end"
    return _part(crew, machine.between(first, last), told, what)


def _work(crew: Crew, seconds: float, progress: Progress, what: str) -> None:
    left = seconds
    while left > 0:
        progress.say(f"reaction: {what} ({left:.0f} s)", 1 - left / seconds)
        crew.run(min(1.0, left))
        left -= 1.0


def _part(crew: Crew, spent: machine.Spent, told: str, what: str) -> Part:
    reactions = [1e3 * reaction for phone in crew.phones for reaction in phone.reactions]
    orders = sum((phone.orders for phone in crew.phones), Counter())
    figures = [Figure(f"agent free -> INVITE on the wire, {name}", quantile(reactions, share), "ms of time", goal, compared,
                      value)
               for name, share, goal, compared, value in (
                   ("p50", 0.5, None, "1,600-1,800 with 50 waiting; a poller: 100", None),
                   ("p99", 0.99, GOAL, "", None), ("p99.9", 0.999, None, "", None))]
    figures.append(Figure("INVITEs that came before their pop", orders["after"], "", 0))
    served = len(reactions) / spent.seconds
    each = 1e3 * spent.total / max(1, len(reactions))
    figures.append(Figure("CPU per call served (queue, pop, talk, recording)", each, "ms"))
    shares = ", ".join(f"{name} {cpu / spent.seconds:.1%}" for name, cpu in spent.cpu.items())
    seen = [f"of one core: {shares}",
            f"{len(reactions)} reactions of {len(crew.phones)} agents, {served:.0f} a second", told,
            f"{orders.total()} INVITEs, {orders['before']} proved to come after their pop; where the kernel joined the pop "
            f"with what came later it cannot be proved either way: {orders['unsure']}", others(spent)]
    return Part("W7 reaction", what, figures, seen)


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure another size, and print it."""
    parser = argparse.ArgumentParser(prog="python -m bench.reaction")
    parser.add_argument("--waiting", type=int, default=WHOLE.waiting)
    parser.add_argument("--agents", type=int, default=WHOLE.agents)
    parser.add_argument("--talk", type=float, nargs=2, default=WHOLE.talk, metavar=("FROM", "TO"), help="seconds")
    parser.add_argument("--pin", action="store_true", help="signalling and media on cores of their own")
    options = parser.parse_args(arguments)
    size = Size(options.waiting, options.agents, tuple(options.talk))
    pinned = {"shoal.yaml": {"media": {"pin": "auto"}}} if options.pin else {}
    with tempfile.TemporaryDirectory(prefix="shoal-bench-") as name:
        folder = Path(name)
        with Switch(folder, changes(size) | pinned) as switch:
            part = react(switch, folder, Progress(), size)
    for figure in part.figures:
        print(f"{figure.name}: {figure.value:.3g} {figure.unit}")
    print("\n".join(part.seen))


if __name__ == "__main__":
    main()
