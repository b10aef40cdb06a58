"""The way out: no new call is taken, those that are up may end, then the switch stops.

A signal says so, or an operator; whoever says it again may change how long calls may go on, down to no time at all.
"""

import asyncio
import os
import signal

import structlog

from switch.events import SwitchDraining
from switch.health import Health
from switch.shell import Shell

log = structlog.get_logger("shoal")

LOOK_SECONDS = 0.2
"""How often it is looked whether the last call has ended."""
BY_SIGNAL = "signal"


class Stopping:
    """Runs once in the life of a switch."""

    def __init__(self, shell: Shell, condition: Health) -> None:
        self._shell = shell
        self._condition = condition
        self.asked = asyncio.Event()
        self.until: float | None = None
        """When whoever is still there is hung up on, POSIX seconds; None = when the last has ended."""

    def ask(self, by: str, seconds: float | None) -> None:
        """Take no new calls, and stop when those that are up are over, or after so many seconds (None = however long)."""
        now = self._shell.clock.now()
        self.until = None if seconds is None else now + seconds
        self._condition.stopping = self._shell.exchange.house.draining = True
        log.info("draining", calls=self.calls, seconds=seconds, by=by)
        self._shell.write_down(SwitchDraining(by=by, calls=self.calls, until=self.until))
        self.asked.set()

    def signal(self, number: int) -> None:
        """SIGTERM lets calls go on as long as the settings say; a second signal, or SIGINT, does not."""
        again = self.asked.is_set() or number == signal.SIGINT
        self.ask(BY_SIGNAL, 0.0 if again else self._shell.exchange.house.settings.system.drain)

    async def over(self) -> None:
        """Return when nobody has to be waited for any more."""
        await self.asked.wait()
        while self.calls and (self.until is None or self._shell.clock.now() < self.until):
            await asyncio.sleep(LOOK_SECONDS)

    @property
    def calls(self) -> int:
        """How many are up."""
        return len({contact.id for contact, _ in self._shell.exchange.house.calls.values()})

    def state(self) -> dict[str, object]:
        """In the shape of :class:`~cti.protocol.StopState`."""
        return {"stopping": self.asked.is_set(), "calls": self.calls, "until": self.until, "process": os.getpid()}
