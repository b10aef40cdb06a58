"""How fast a caller who waits gets the agent who has become free, with a screen for every agent and a full queue."""

import random
from collections import Counter
from pathlib import Path

import yaml

from bench import machine
from bench.agents import Crew
from bench.calls import others
from bench.progress import Progress
from bench.results import Figure, Part, quantile
from bench.sipp import Sipp
from bench.switch import CONFIG, BenchError, Switch

WAITING = 200
RATE = 100
"""Calls a second that come as long as fewer than that are there."""
TALK = (0.3, 0.7)
GOAL = 10.0


def measure(switch: Switch, folder: Path, progress: Progress, quick: bool) -> Part:
    """Fill the queue, then let the agents work."""
    seconds = 12 if quick else 40
    users = {str(user): entry["password"] for user, entry in yaml.safe_load((CONFIG / "agents.yaml").read_text()).items()}
    at_once = WAITING + len(users)
    with (Crew(users, switch, TALK, random.Random(1)) as crew,
          Sipp("wait", "5002", switch.sip, folder, rate=RATE, at_once=at_once) as caller):
        _work(crew, 5, progress, "callers come")
        crew.start()
        _work(crew, 3, progress, "agents begin")
        for phone in crew.phones:
            phone.reactions.clear()
        first = switch.look()
        _work(crew, seconds, progress, "measuring")
        last, total = switch.look(), caller.counts()
        if not caller.running or total.now < WAITING:
            raise BenchError(f"the queue was not kept full: {total}\n{caller.errors()}\n{switch.said()}")
        _work(crew, 0.2, progress, "measuring")  # what is on its way to the screens still arrives
    return _part(crew, machine.between(first, last), f"{total.failed} callers failed, {total.now} were there at the end")


def _work(crew: Crew, seconds: float, progress: Progress, what: str) -> None:
    left = seconds
    while left > 0:
        progress.say(f"reaction, {WAITING} waiting: {what} ({left:.0f} s)")
        crew.run(min(1.0, left))
        left -= 1.0


def _part(crew: Crew, spent: machine.Spent, told: str) -> Part:
    reactions = [1e3 * reaction for phone in crew.phones for reaction in phone.reactions]
    orders = sum((phone.orders for phone in crew.phones), Counter())
    figures = [Figure(f"agent free -> INVITE on the wire, {name}", quantile(reactions, share), "ms of time", goal, compared,
                      value)
               for name, share, goal, compared, value in (
                   ("p50", 0.5, None, "1,600-1,800 at the median with 50 waiting", None),
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
    what = (f"{WAITING} callers wait, {len(crew.phones)} agents with a screen each talk for {TALK[0]}-{TALK[1]} s and have "
            "no after-call work. From an agent's BYE to that agent's next INVITE.")
    return Part("reaction", what, figures, seen)
