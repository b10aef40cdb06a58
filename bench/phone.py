"""One agent at work: a phone, the switch's own SIP endpoint, and a screen. It picks up at once and hangs up when told.

A reaction is the time from an agent's BYE (taken before it is sent) to the next INVITE for this agent (the kernel's stamp).
With a seat among the :mod:`~bench.voices` it also says and hears something.
"""

import re
import socket
import time
from collections import Counter
from typing import TYPE_CHECKING

from bench.screen import Pop, Screen, receive, stamped
from bench.switch import Switch
from media import sdp
from switch.sip.effects import Address, Effect, Ended, Offered, RegistrationState, Transmit

if TYPE_CHECKING:
    from bench.agents import Crew

_PORT = re.compile(rb"m=audio (\d+)")


class Phone:
    """One agent's phone and screen."""

    def __init__(self, user: str, password: str, switch: Switch, crew: "Crew") -> None:
        self.registered = False
        self.reactions: list[float] = []
        self.orders: Counter[str] = Counter()
        """How often the pop came ``before`` the INVITE, ``after`` it, or so close that it is ``unsure``."""
        self.screen: Screen | None = None
        self.gone = False
        """Whether it does not answer any more: the cable is pulled."""
        self.talking = ""
        self.socket = stamped(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
        self.socket.bind(("127.0.0.1", 0))
        self.socket.setblocking(False)
        self._crew = crew
        self._credentials = user, password
        self._voices = crew.voices
        self._seat = crew.voices.take() if crew.voices else None
        self._freed: float | None = None
        self._switch = Address("udp", *switch.sip)
        self.endpoint = crew.endpoint(self.socket)

    def register(self) -> None:
        self._do(self.endpoint.register(*self._credentials, self._switch, 3600, time.time()), 0.0)

    def log_in(self, port: int) -> None:
        """Connect the screen; the agent is ready."""
        self.screen = Screen(*self._credentials, port)
        self._crew.also(self.screen.socket, self.screen.read)

    def read(self) -> None:
        """Take what has come."""
        try:
            while True:
                data, at = receive(self.socket)
                if self.gone:
                    continue
                self._do(self.endpoint.receive(data, self._switch, time.time()), at)
        except BlockingIOError:
            return

    def hang_up(self, call: str) -> None:
        """The talk is over: from now on this agent is free."""
        if call != self.talking or self.gone:
            return
        self._silence()
        self._freed = time.time()
        self._do(self.endpoint.hang_up(call, self._freed), 0.0)

    def wake(self, now: float) -> None:
        """Repeat what was not answered."""
        if not self.gone and self.endpoint.deadline is not None and self.endpoint.deadline <= now:
            self._do(self.endpoint.wake(now), 0.0)

    def vanish(self) -> None:
        """Pull the cable, of the screen too: nothing is answered any more, nobody is told."""
        self.gone = True
        self._silence()
        if self.screen is not None:
            self._crew.forget(self.screen.socket)
            self.screen.close()
            self.screen = None

    def come_back(self, port: int) -> None:
        """As after a power failure: the phone knows nothing of its calls."""
        self.gone, self._freed = False, None
        self.endpoint = self._crew.endpoint(self.socket)
        self.register()
        self.log_in(port)
        self.screen.say({"jsonrpc": "2.0", "id": 2, "method": "agent.setState", "params": {"state": "ready"}})

    def _silence(self) -> None:
        self.talking = ""
        if self._voices is not None:
            self._voices.stop(self._seat)

    def _do(self, effects: list[Effect], at: float) -> None:
        for effect in effects:
            if isinstance(effect, Transmit):
                self.socket.sendto(effect.data, self._switch[1:])
            elif isinstance(effect, RegistrationState):
                self.registered = effect.state == "registered"
            elif isinstance(effect, Offered):
                self._ring(effect, at)
            elif isinstance(effect, Ended):
                self._freed = None  # The caller was first: when this agent became free is not ours to say.
                self._silence()

    def _ring(self, told: Offered, at: float) -> None:
        if self.screen is None:
            return
        self.screen.read()
        pops, self.screen.pops = self.screen.pops, []
        self.orders[order_of(pops, at)] += 1
        if self._freed is not None:
            self.reactions.append(at - self._freed)
            self._freed = None
        port = 9 if self._voices is None else self._voices.ports[self._seat]
        answer = sdp.answer(told.sdp, host="127.0.0.1", port=port, session=1, version=0)
        self.talking = told.call
        self._do(self.endpoint.answer(told.call, answer.sdp, time.time()), 0.0)
        if self._voices is not None and (found := _PORT.search(told.sdp)):
            self._voices.start(self._seat, int(found[1]))
        self._crew.later(self, told.call)


def order_of(pops: list[Pop], invite: float) -> str:
    """Where the pop came relative to the INVITE: ``pops`` are those that can be read now and could not at the last one."""
    if not pops:
        return "after"
    if any(pop.at <= invite for pop in pops):
        return "before"
    return "after" if any(pop.exact for pop in pops) else "unsure"
