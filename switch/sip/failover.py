"""A request that may need several attempts: to a name, or too long for UDP (RFC 3263 section 4.3, RFC 3261 18.1.1).

    locating --places--> trying the first --503, timeout, no transport--> trying the next --any other answer--> done

Each attempt is a transaction of its own with a branch of its own. For whoever asked, all of them are one: this object
stands where otherwise the only transaction would. A request of more than 1300 bytes is first tried over TCP at the same
place, and over UDP where no connection comes about; who has no TCP is remembered for a while, for each such attempt costs
the caller seconds.
"""

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from .effects import Address
from .message import Response
from .stack import Stack
from .timers import ignored
from .uri import known_as_ip
from .writing import Draft

if TYPE_CHECKING:
    from .client import Client
    from .invite_client import InviteClient

LONGEST = 1300
"""Bytes that a request over UDP may have where the path's MTU is not known."""
_SURELY_SHORT = 900
_FORGET = 3600.0
_SECONDS = re.compile(r"\s*([0-9]{1,9})(?=\s*(?:[;(]|$))")
Make = Callable[[Draft, Callable[[Response], None], Callable[[int], None]], "InviteClient | Client"]


def is_direct(stack: Stack, draft: Draft) -> bool:
    """Whether one attempt is all that there can be: nearly always."""
    transport, host, _ = draft.destination
    if not known_as_ip(host):
        return False
    if transport != "udp" or len(draft.body) + len(draft.extra) + len(draft.routes) < _SURELY_SHORT:
        return True
    return stack.no_tcp.get(draft.destination, 0.0) > stack.now or len(stack.encode(draft)) <= LONGEST


def retry_after(response: Response) -> int:
    """Seconds for which whoever says 503 wants nothing more (RFC 3261 section 21.5.4), at most an hour; 0 = not said."""
    found = _SECONDS.match(response.first("retry-after"))
    return min(int(found[1]), int(_FORGET)) if found else 0


class Failover:
    """All attempts of one request. ``make`` starts a transaction; ``heard`` and ``failed`` are as there."""

    __slots__ = ("_asked", "_failed", "_given_up", "_heard", "_left", "_machine", "_make", "_place", "_stack", "cancelled")

    def __init__(
        self, stack: Stack, make: Make, draft: Draft, heard: Callable[[Response], None], failed: Callable[[int], None]
    ) -> None:
        self._stack = stack
        self._make = make
        self._asked = draft
        self._heard = heard
        self._failed = failed
        self._machine: InviteClient | Client | None = None
        self._left: list[Address] = []
        self._place: Address | None = None
        """Where UDP is to be tried, while TCP is being tried there instead."""
        self._given_up = False
        self.cancelled = False
        if known_as_ip(draft.destination.host):
            self._located([draft.destination])
        else:
            stack.locator.find(draft.destination, self._located)

    @property
    def draft(self) -> Draft:
        """The request as it was sent last."""
        return self._asked if self._machine is None else self._machine.draft

    @property
    def state(self) -> str:
        """That of the attempt that is under way."""
        return "calling" if self._machine is None else self._machine.state

    def cancelling(self) -> None:
        """See InviteClient."""
        self.cancelled = True
        self.abandon()

    def abandon(self) -> None:
        """See InviteClient; no further place is tried."""
        self._give_up()
        if self._machine is not None:
            (self._machine.cancelling if self.cancelled else self._machine.abandon)()

    def fail(self, status: int) -> None:
        """See InviteClient; no further place is tried."""
        self._give_up()
        if self._machine is not None:
            self._machine.fail(status)
        else:
            self._fail(status)

    # -- one place after the other ------------------------------------------------------------------------------------

    def _located(self, places: list[Address]) -> None:
        name = self._asked.destination.host
        if not known_as_ip(name):
            self._stack.remember_domains(places, name)
        aside = self._stack.aside
        waiting = [place for place in places if aside.get(place, 0.0) > self._stack.now] if aside else []
        places = [place for place in places if place not in waiting] or places  # where all are, each is as good
        self._left = places or self._stack.instead(self._asked)
        self._next(503)

    def _next(self, status: int) -> None:
        if self._given_up and self._machine is None:
            self._let_go()
            return
        if not self._left or self._given_up:
            self._fail(status)
            return
        place = self._left.pop(0)
        draft = self._at(place)
        if not is_direct(self._stack, draft):
            self._place = place
            draft = draft._replace(destination=place._replace(transport="tcp"))
        self._machine = self._make(draft, self._response, self._no_response)

    def _at(self, place: Address) -> Draft:
        """The request for this place, which must reach us by the transport and the family that it is reached by."""
        here, asked = self._stack.here, self._asked
        extra = asked.extra
        for secure in (False, True):
            extra = extra.replace(f"<{here.contact(asked.destination, secure)}>", f"<{here.contact(place, secure)}>")
        branch = asked.branch if self._machine is None else self._stack.branch()
        return asked._replace(destination=place, extra=extra, branch=branch)

    def _response(self, response: Response) -> None:
        if response.status == 503 and (seconds := retry_after(response)):
            self._stack.set_aside(self._place or self._machine.draft.destination, self._stack.now + seconds)
        if response.status == 503 and self._left and not self._given_up:
            self._place = None
            self._next(503)
            return
        heard = self._heard
        if response.status >= 300:
            self._let_go()
        elif response.status >= 200:
            self._stack.linger(self._let_go)  # until then an INVITE may get more of them
        heard(response)

    def _no_response(self, status: int) -> None:
        place, self._place = self._place, None
        if place is not None and status == 503:
            self._stack.stay_with_udp(place, self._stack.now + _FORGET)
            self._left.insert(0, place)
        self._next(status)

    def _fail(self, status: int) -> None:
        failed = self._failed
        self._let_go()
        failed(status)

    def _let_go(self) -> None:
        """Whoever asked knows this object, too."""
        self._heard = self._failed = ignored

    def _give_up(self) -> None:
        self._given_up = True
        self._left.clear()
