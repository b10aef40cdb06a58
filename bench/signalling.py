"""W1, signalling: INVITE with SDP, 100, 200, ACK, one second, BYE, over UDP, from one address and port; no RTP either way.

The switch does for each call what it always does: a contact, a tree (that has nothing to say), a row in media, a look-up of
the customer, the journal, the record in the store. The rate rises until it breaks. Past that point a good switch refuses
what is too much with 503, so quickly that nobody repeats an INVITE (after 500 ms, RFC 3261 timer A), and serves the rest as
before.

SIPp makes the load and counts; a few calls beside it, whose datagrams the kernel stamps, tell the latency.
"""

import random
from pathlib import Path
from typing import NamedTuple

from bench import machine
from bench.callers import Callers
from bench.progress import Progress
from bench.results import Figure, Part, others, quantile
from bench.sipp import Counts, Sipp
from bench.stairs import Server
from bench.switch import BenchError, Switch

RATES = (50, 100, 200, 400, 800, 1000, 1200, 1600, 2400)
"""Calls a second. A processor that has slept between two calls has cold caches: the same work in the same process then
takes two to three times as long (``profile core`` measures that too), so few calls a second are dearer than many."""
NUMBER = "5004"
HOLD = 1.0
PROBES = 25
"""Calls a second that tell the latency."""
GOAL = 0.65
COMPARED = "1.3 quiet, 1.9 loaded"
FAILURES = 0.001
STORM = 0.05
"""Retransmissions for each call above which it is a storm."""
TIMER_A = 500.0
"""Milliseconds."""


class Level(NamedTuple):
    """One rate, over its steady seconds."""

    rate: int
    spent: machine.Spent
    counts: Counts
    """Of the steady seconds (SIPp's, which writes once a second); ``at`` is how many they were."""
    answered: list[float]
    """Milliseconds from INVITE to 200, of the probes."""
    refused: list[float]
    """Milliseconds from INVITE to a refusal, of the probes."""
    times: list[float]
    """Milliseconds from INVITE to the final answer, of all calls, in steps of 4."""
    trouble: str
    """What the switch says of itself at the end; empty = all is well."""

    @property
    def done(self) -> float:
        """Calls a second that were wholly served."""
        return (self.counts.successful - self.counts.refused) / (self.counts.at or 1.0)

    @property
    def broken(self) -> str:
        """Why this was too much; empty = it was not."""
        counts = self.counts
        if counts.refused > FAILURES * counts.created or self.refused:
            return f"{counts.refused} of {counts.created} were refused"
        if counts.failed > FAILURES * counts.created:
            return f"{counts.failed} of {counts.created} failed"
        if self.done < 0.95 * self.rate:
            return f"only {self.done:.0f} calls a second were served"
        return ""


def measure(switch: Switch, folder: Path, progress: Progress, quick: bool) -> Part:
    """Rate by rate, until it breaks."""
    figures: list[Figure] = []
    seen: list[str] = []
    good = None
    for rate in (100, 200) if quick else RATES:
        level = run(switch, folder, progress, rate, *((2, 3) if quick else (2.5, 4.5)))
        seen.append(_told(level))
        if not level.done:
            raise BenchError(f"{rate} calls a second: {level.broken}\n{switch.said()}")
        if level.broken and good is not None:
            figures += _past(level)
            break
        good = level
        figures += _figures(level)
    figures.append(Figure("calls a second at which all was well", good.rate, "", 1000, "500; at 700 a third fail",
                          at_least=True))
    figures.append(Figure("cores that they took", good.spent.total / good.spent.seconds, "cores"))
    return Part("W1 signalling", f"INVITE, 200, ACK, {HOLD:.0f} s, BYE, without media of the caller.", figures, seen)


def run(switch: Server, folder: Path, progress: Progress, rate: int, before: float, seconds: float) -> Level:
    """Call at one rate; what happened in the ``seconds`` after the first ``before``."""
    total = int(rate * (before + seconds + 1))
    probes = min(PROBES, rate // 4)
    with (Callers(switch.sip, None, random.Random(rate)) as callers,
          Sipp("call", NUMBER, switch.sip, folder, rate=rate - probes, at_once=8 * rate, calls=total, hold=HOLD) as sipp):
        probing = _Probing(callers, probes)
        progress.sleep(before, f"signalling, {rate}/s: warming up", probing.run)
        callers.answers.clear()
        callers.refusals.clear()
        first, begun, dialled = switch.look(), sipp.counts(), callers.dialled
        progress.sleep(seconds, f"signalling, {rate}/s: measuring", probing.run)
        last, ended, trouble = switch.look(), sipp.counts(), switch.trouble
        answered, refused = [1e3 * each for each in callers.answers], [1e3 * each for _, each in callers.refusals]
        counts = Counts(*(after - then for after, then in zip(ended, begun, strict=True)))
        share = counts.at / seconds  # the probes are counted over our seconds, not over SIPp's
        counts = counts._replace(created=counts.created + round(share * (callers.dialled - dialled)),
                                 successful=counts.successful + round(share * len(callers.answers)),
                                 failed=counts.failed + callers.unanswered)
        probing.finish(HOLD)
        progress.sleep(1.0, f"signalling, {rate}/s: the last calls")
        return Level(rate, machine.between(first, last), counts, answered, refused, [1e3 * each for each in sipp.times()],
                     trouble)


class _Probing:
    """Some calls a second, each as long as SIPp's."""

    def __init__(self, callers: Callers, rate: int) -> None:
        self._callers, self._rate = callers, rate
        self._owed = 0.0

    def run(self, seconds: float) -> None:
        while seconds > 0:
            step = min(seconds, 1 / self._rate)
            self._owed += step * self._rate
            if self._owed >= 1:
                self._owed -= 1
                self._callers.dial(NUMBER)
            self._callers.run(step)
            seconds -= step
            for call in self._callers.up:
                if call.last_for() > HOLD:
                    self._callers.hang_up(call)

    def finish(self, seconds: float) -> None:
        for call in self._callers.up:
            self._callers.hang_up(call)
        self._callers.run(seconds)


def _figures(level: Level) -> list[Figure]:
    rate, calls = f"{level.rate}/s", level.rate * level.spent.seconds
    figures = [Figure(f"CPU per call, {rate}", 1e3 * level.spent.total / calls, "ms", GOAL, COMPARED, 1.3, at=level.rate)]
    figures += [Figure(f"of it {name}, {rate}", 1e3 * cpu / calls, "ms") for name, cpu in level.spent.cpu.items()]
    return [*figures, Figure(f"INVITE to 200, p99, {rate}", quantile(level.answered, 0.99), "ms of time"),
            Figure(f"INVITE to 200, p99.9, {rate}", quantile(level.times, 0.999), "ms of time"),
            Figure(f"failed, {rate}", 100 * level.counts.failed / max(1, level.counts.created), "%", 100 * FAILURES),
            Figure(f"retransmissions for each call, {rate}", level.counts.retransmissions / max(1, level.counts.created), "",
                   STORM)]


def _past(level: Level) -> list[Figure]:
    """What happens to calls that are too many."""
    counts = level.counts
    created = max(1, counts.created)
    figures = [Figure("past the limit: served a second", level.done, ""),
               Figure("past the limit: refused with 503", 100 * counts.refused / created, "%"),
               Figure("past the limit: failed otherwise", 100 * counts.failed / created, "%", 100 * FAILURES),
               Figure("past the limit: retransmissions for each call", counts.retransmissions / created, "", STORM)]
    if level.refused:
        figures.append(Figure("past the limit: INVITE to 503, p99", quantile(level.refused, 0.99), "ms of time", TIMER_A))
    return figures


def _told(level: Level) -> str:
    counts = level.counts
    broken = f"BROKEN: {level.broken}; " if level.broken else ""
    shares = ", ".join(f"{name} {cpu / level.spent.seconds:.1%}" for name, cpu in level.spent.cpu.items())
    return (f"{level.rate}/s: {broken}{level.done:.1f} calls served a second, {counts.refused} refused, "
            f"{counts.failed} failed, {counts.retransmissions} retransmissions; of one core: {shares}; "
            f"{level.trouble and f'the switch says: {level.trouble}; '}{others(level.spent)}")
