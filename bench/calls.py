"""Signalling: INVITE, 200, ACK, a tenth of a second, BYE, over UDP, from one address and port. The caller sends no RTP.

The switch does for each call what it always does: a contact, a tree, a row in media that plays, a look-up of the
customer, the journal, the record in the store. SIP keeps what it knows of a call for 32 seconds after its end (RFC 3261
timers H and J), so a long run is measured when the first calls are already being forgotten again.
"""

from pathlib import Path

from bench import machine
from bench.progress import Progress
from bench.results import Figure, Part
from bench.sipp import Counts, Sipp
from bench.switch import BenchError, Switch

RATES = (100, 300, 500, 700)
"""Calls a second. A processor that has slept between two calls has cold caches: the same work in the same process then
takes two to three times as long (``profile core`` measures that too), so few calls a second are dearer than many."""
HOLD = 0.1
GOAL = 1.5


def measure(switch: Switch, folder: Path, progress: Progress, quick: bool) -> Part:
    """Run it at each rate; in ``quick`` form too short for calls to be forgotten."""
    figures, seen = [], []
    for rate in RATES:
        try:
            spent, total = run(switch, folder, progress, rate, *((4, 8) if quick else (36, 15)))
        except BenchError as error:
            if not figures:
                raise
            seen.append(f"{rate}/s: too much for the switch and SIPp on this machine now; {str(error).splitlines()[0]}")
            break
        figures += _figures(spent, total, rate)
        seen.append(f"{rate}/s: {total.successful} calls in all, {total.failed} failed; {others(spent)}")
    return Part("calls", f"INVITE, 200, ACK, {HOLD} s, BYE, without media of the caller.", figures, seen)


def run(switch: Switch, folder: Path, progress: Progress, rate: int, before: float, seconds: float
        ) -> tuple[machine.Spent, Counts]:
    """Call at one rate; what was spent in the ``seconds`` after the first ``before``."""
    with Sipp("call", "5000", switch.sip, folder, rate=rate, at_once=10 * rate, calls=int(rate * (before + seconds + 2)),
              hold=HOLD) as caller:
        progress.sleep(before, f"calls, {rate}/s: warming up")
        first, begun = switch.look(), caller.counts()
        progress.sleep(seconds, f"calls, {rate}/s: measuring")
        last, ended = switch.look(), caller.counts()
        total = caller.wait(60)
    if ended.successful - begun.successful < 0.8 * rate * seconds:
        raise BenchError(f"only some calls were successful: {total}\n{caller.errors()}\n{switch.said()}")
    return machine.between(first, last), total


def _figures(spent: machine.Spent, total: Counts, rate: int) -> list[Figure]:
    calls = rate * spent.seconds
    figures = [Figure(f"CPU per call, {rate}/s", 1e3 * spent.total / calls, "ms", GOAL, "1.3 quiet, 1.9 loaded", 1.3)]
    figures += [Figure(f"of it {name}", 1e3 * cpu / calls, "ms") for name, cpu in spent.cpu.items()]
    figures.append(Figure(f"calls that failed, {rate}/s", total.failed, "", 0))
    return [*figures, Figure(f"retransmissions of the caller, {rate}/s", total.retransmissions, "")]


def others(spent: machine.Spent) -> str:
    """How busy the machine was."""
    return (f"meanwhile everything else on the machine, SIPp included, took about {max(0.0, spent.others):.1f} cores; load "
            f"{machine.load()}; the yardstick of Python took {1e3 * spent.yardstick:.1f} ms of CPU")
