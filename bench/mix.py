"""Everything that a centre does at once, and everything that goes wrong in it: the traffic of the soak.

Callers hear a tree, are recorded, or wait for an agent; they hang up when chance says so, some of them in the middle of a
menu or of the music, and of some the BYE is lost with all its copies. Agents register, serve the queue, and now and then the
cable of one is pulled for some seconds; then it comes back as after a power failure.
"""

import random
from collections import Counter
from heapq import heappop, heappush

from bench.agents import Crew
from bench.callers import Call, Callers
from bench.phone import Phone
from bench.switch import Switch

NUMBERS = {"5000": 2, "5001": 3, "5003": 3, "5002": 4}
"""What is dialled how often: a greeting, prompts that are recorded, prompts, the queue."""
HOLD = 15.0
"""Seconds that a caller stays in the mean."""
LOST = 0.05
"""Share of the BYEs that never come."""
PULLED = 90.0
"""Seconds in the mean after which an agent's cable is pulled."""
AWAY = (5.0, 20.0)
AT_ONCE = 20
_STEP = 0.05


class Mix:
    """``wanted``: calls at once."""

    def __init__(self, switch: Switch, crew: Crew, callers: Callers, rng: random.Random) -> None:
        self.wanted = 0
        self.did: Counter[str] = Counter()
        self._switch, self._crew, self._callers, self._rng = switch, crew, callers, rng
        self._ends: list[tuple[float, int, Call]] = []
        self._backs: list[tuple[float, int, Phone]] = []
        self._now = 0.0
        self._count = 0

    def run(self, seconds: float) -> None:
        """Go on for so long."""
        while seconds > 0:
            self._dial()
            self._crew.run(min(_STEP, seconds))
            self._now += min(_STEP, seconds)
            seconds -= _STEP
            self._part()
            self._pull()

    def end(self) -> None:
        """Everybody hangs up; whoever was away comes back."""
        self.wanted = 0
        for call in self._callers.up:
            self._callers.hang_up(call)
        while self._backs:
            heappop(self._backs)[2].come_back(self._switch.http_port)

    def _dial(self) -> None:
        calling = sum(call.state == "calling" for call in self._callers.calls.values())
        for _ in range(min(AT_ONCE - calling, self.wanted - len(self._callers.calls))):
            number = self._rng.choices(list(NUMBERS), list(NUMBERS.values()))[0]
            self.did[f"calls to {number}"] += 1
            self._later(self._ends, self._rng.expovariate(1 / HOLD), self._callers.dial(number))

    def _part(self) -> None:
        while self._ends and self._ends[0][0] <= self._now:
            _, _, call = heappop(self._ends)
            if call.state == "calling":
                self._later(self._ends, 1.0, call)
            elif call.state == "up" and self._rng.random() < LOST:
                self.did["lost BYEs"] += 1
                self._callers.vanish(call)
            elif call.state == "up":
                self.did["hung up by the caller"] += 1
                self._callers.hang_up(call)

    def _pull(self) -> None:
        there = [phone for phone in self._crew.phones if not phone.gone]
        if self.wanted and self._rng.random() < _STEP / PULLED * len(there):
            phone = self._rng.choice(there)
            self.did["agents vanished, talking" if phone.talking else "agents vanished"] += 1
            phone.vanish()
            self._later(self._backs, self._rng.uniform(*AWAY), phone)
        while self._backs and self._backs[0][0] <= self._now:
            heappop(self._backs)[2].come_back(self._switch.http_port)

    def _later(self, line: list, seconds: float, what: object) -> None:
        self._count += 1
        heappush(line, (self._now + seconds, self._count, what))
