"""How the switch does: alive (else start another), ready (else send it no calls), and all that is not as it should be.

*Live* is whether calls that are up are served: when it is not, only a restart helps. *Ready* is whether a new call would be
served well: a load balancer and whoever waits for the switch to start ask that. What is neither (a trunk that is down, a
configuration that was refused) is trouble for people.
"""

from importlib.metadata import version
from typing import Any

from switch import view
from switch.publisher import Publisher
from switch.pulse import Pulse
from switch.shell import Shell

BEHIND = 1000
"""Entries that may wait for the store."""


class Health:
    """``listening``: the SIP ports are open; ``stopping``: the switch is on its way out."""

    def __init__(self, shell: Shell, publisher: Publisher, pulse: Pulse) -> None:
        self._shell = shell
        self._publisher = publisher
        self._pulse = pulse
        self.listening = self.stopping = False

    def live(self) -> dict[str, Any]:
        """That this is answered at all says that the loop turns; ``status`` is ``live`` when its work is done, too."""
        stuck = self._pulse.stuck
        return {"status": "stuck" if stuck else "live", "loop_lag_seconds": round(self._pulse.last, 6)}

    def ready(self) -> dict[str, Any]:
        """``status`` is ``ready`` when new calls can be served; else ``why`` says what is missing."""
        why = self._unready()
        return {"status": "unready" if why else "ready", "why": why}

    def _unready(self) -> list[str]:
        shell, why = self._shell, []
        if self.stopping:
            why.append("the switch is being stopped")
        elif not self.listening:
            why.append("the SIP ports are not open")
        if self._pulse.stuck:
            why.append("deadlines are not served")
        if shell.store.away:
            why.append(f"the store cannot be written to; {shell.store.lag} entries wait in memory")
        workers = shell.media.workers
        mute = len(workers.mute(shell.clock.now()))
        if not workers.heard:
            why.append("the media worker is being started")
        elif mute == len(workers.heard):
            why.append("the media worker does not answer")
        elif shell.exchange.house.shut_since is not None:
            strained = ", ".join(shell.exchange.house.admission.why)
            why.append(f"new calls are refused: {strained} can take no more")
        elif not shell.exchange.house.seats:
            why.append("media has no free seats")
        return why

    def whole(self) -> dict[str, Any]:
        """What ``GET /health`` answers: all of that, and how trunks and the configuration stand."""
        shell, trouble = self._shell, self._unready()
        if not shell.store.away and shell.store.lag > BEHIND:
            trouble.append(f"the store is {shell.store.lag} entries behind")
        workers, mute = shell.media.workers, len(shell.media.workers.mute(shell.clock.now()))
        if workers.heard and workers.missing:
            trouble.append(f"{workers.missing} of {workers.wanted} media workers are being started")
        if workers.heard and 0 < mute < len(workers.heard):
            trouble.append(f"{mute} of {workers.wanted} media workers do not answer")
        trunks = {state["trunk"]: state for state in view.trunks(shell.exchange.house)}
        if trunks and all(state["state"] == "down" for state in trunks.values()):
            trouble.append("no trunk is there")
        configuration = self._publisher.state()
        if configuration["refused"]:
            trouble.append(f"the configuration as it is saved was refused; version {configuration['version']} goes on; "
                           "`shoal check` and the log say why")
        return {"status": "degraded" if trouble else "ok", "trouble": trouble, "live": not self._pulse.stuck,
                "ready": not self._unready(), "version": version("shoal"), "epoch": shell.exchange.epoch,
                "journal": shell.exchange.journal.last, "configuration": configuration, "trunks": trunks,
                **shell.media.workers.figures()}
