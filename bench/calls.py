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

RATE = 100
HOLD = 0.1
GOAL = 1.5


def measure(switch: Switch, folder: Path, progress: Progress, quick: bool) -> Part:
    """Run it; in ``quick`` form too short for calls to be forgotten."""
    before, seconds = (4, 12) if quick else (36, 24)
    with Sipp("call", "5000", switch.sip, folder, rate=RATE, at_once=10 * RATE, calls=RATE * (before + seconds + 2),
              hold=HOLD) as caller:
        progress.sleep(before, f"calls, {RATE}/s: warming up")
        first, begun = switch.look(), caller.counts()
        progress.sleep(seconds, f"calls, {RATE}/s: measuring")
        last, ended = switch.look(), caller.counts()
        total = caller.wait(60)
        if not ended.successful - begun.successful:
            raise BenchError(f"no call was successful: {total}\n{caller.errors()}\n{switch.said()}")
    return _part(machine.between(first, last), total, seconds)


def _part(spent: machine.Spent, total: Counts, seconds: float) -> Part:
    calls = RATE * spent.seconds
    figures = [Figure("CPU per call", 1e3 * spent.total / calls, "ms", GOAL, "1.3 quiet, 1.9 loaded", 1.3)]
    figures += [Figure(f"of it {name}", 1e3 * cpu / calls, "ms") for name, cpu in spent.cpu.items()]
    figures.append(Figure("calls that failed", total.failed, "", 0))
    figures.append(Figure("retransmissions of the caller", total.retransmissions, ""))
    return Part("calls", f"INVITE, 200, ACK, {HOLD} s, BYE: {RATE} calls/s, measured for {seconds} s, without media of the "
                         "caller.", figures, [f"{total.successful} calls in all, {total.failed} failed"], others(spent))


def others(spent: machine.Spent) -> str:
    """How busy the machine was."""
    return (f"meanwhile everything else on the machine, SIPp included, took {spent.others:.2f} cores; load "
            f"{machine.load()}; the yardstick of Python took {1e3 * spent.yardstick:.1f} ms of CPU")
