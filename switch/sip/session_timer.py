"""The session timer (RFC 4028): a call whose peer has vanished without BYE does not stay up for ever.

Both sides agree in INVITE and 2xx on an interval and on who refreshes. That side asks again at half time, by UPDATE
where the peer takes it, else by a re-INVITE with the session as it is. The other side hangs up when nothing came until
shortly before the end; so does the refresher whose question had no answer.

A peer that knows nothing of it, in an INVITE to us, gets no timer; in our own INVITE the peer decides.
"""

import re
from typing import TYPE_CHECKING, NamedTuple

from .errors import PeerError
from .headers import param
from .message import Message, Request, Response
from .phrases import phrase
from .timers import Timer

if TYPE_CHECKING:
    from .call import Call

LEAST = 90
"""Seconds below which no interval may be (section 5)."""

_SECONDS = re.compile(r"\s*([0-9]{1,10})\s*(;.*)?", re.DOTALL)


class Terms(NamedTuple):
    """What a Session-Expires header says."""

    interval: int
    """Seconds."""
    refresher: str
    """``uac``, ``uas``, or empty where it is left open."""


def read(message: Message) -> Terms | None:
    """The terms of a message; None = it has none. Raises PeerError 400."""
    if "session-expires" not in message.fields:
        return None
    found = _SECONDS.fullmatch(message.first("session-expires"))
    if found is None:
        raise PeerError(400, "Malformed Session-Expires")
    refresher = (param(found[2] or "", "refresher") or "").lower()
    return Terms(int(found[1]), refresher if refresher in ("uac", "uas") else "")


def least(message: Message) -> int:
    """The Min-SE of a message, 90 where there is none (section 5). Raises PeerError 400."""
    if "min-se" not in message.fields:
        return LEAST
    found = _SECONDS.fullmatch(message.first("min-se"))
    if found is None:
        raise PeerError(400, "Malformed Min-SE")
    return max(int(found[1]), LEAST)


def known_by(request: Request) -> bool:
    """Whether the peer speaks session timers."""
    return "supported" in request.fields and "timer" in request.listed("supported")


def check(request: Request, min_se: int) -> None:
    """Whether an INVITE or UPDATE asks for what we accept (section 9). Raises PeerError 400 or 422."""
    terms = read(request)
    if terms is None:
        return
    least(request)
    if terms.interval < min_se and known_by(request):
        raise PeerError(422, phrase(422), f"Min-SE: {min_se}\r\n")


def asking(interval: int, min_se: int, refresher: str = "") -> str:
    """The lines of an INVITE or UPDATE of ours."""
    who = f";refresher={refresher}" if refresher else ""
    return f"Session-Expires: {interval}{who}\r\n" + (f"Min-SE: {min_se}\r\n" if min_se > LEAST else "")


class SessionTimer:
    """The timer of one call."""

    __slots__ = ("_call", "_ends", "_timer", "interval", "least", "ours")

    def __init__(self, call: "Call") -> None:
        self._call = call
        self._timer: Timer | None = None
        self._ends = 0.0
        self.interval = call.room.session_expires
        self.least = call.room.min_se
        """Our Min-SE; grows with each 422."""
        self.ours = False
        """Whether we refresh."""

    def granted(self, request: Request) -> str:
        """Our 2xx to an INVITE or UPDATE: settle the terms (section 9, table 2), give its lines."""
        terms, known = read(request), known_by(request)
        if terms is None:
            self.interval = max(self.interval, least(request))
        elif terms.interval < self._call.room.min_se:
            self.stop()  # A proxy wants it too often, on behalf of a peer that cannot be told so.
            return ""
        else:
            self.interval = terms.interval
        self.ours = not known or (terms is not None and terms.refresher == "uas") or (
            (terms is None or not terms.refresher) and self._running and self.ours)
        self._start()
        who = "uas" if self.ours else "uac"
        return f"Session-Expires: {self.interval};refresher={who}\r\n" + ("Require: timer\r\n" if known else "")

    def accepted(self, response: Response) -> None:
        """Their 2xx to our INVITE or UPDATE: without terms there is no timer (section 7.2)."""
        try:
            terms = read(response)
        except PeerError:
            terms = None
        if terms is None:
            self.stop()
            return
        self.interval = max(terms.interval, LEAST)
        self.ours = terms.refresher != "uas"
        self._start()

    def lengthened(self, response: Response) -> bool:
        """Their 422: whether asking again, for longer, makes sense (section 7.4)."""
        try:
            wanted = least(response)
        except PeerError:
            return False
        if "min-se" not in response.fields or (wanted <= self.least and wanted <= self.interval):
            return False
        self.least = max(self.least, wanted)
        self.interval = max(self.interval, wanted)
        return True

    def lines(self) -> str:
        """The lines of a re-INVITE or UPDATE within the call: who refreshes goes on refreshing."""
        return asking(self.interval, self.least, ("uac" if self.ours else "uas") if self._running else "")

    def put_off(self) -> None:
        """A refresh was refused for a reason that may pass: once more at half of what is left."""
        left = self._ends - self._call.stack.now
        if left > 8:
            self._call.stack.cancel(self._timer)
            self._timer = self._call.stack.after(left / 2, self._half)

    def stop(self) -> None:
        """No timer any more."""
        self._call.stack.cancel(self._timer)
        self._timer = None

    @property
    def _running(self) -> bool:
        return self._timer is not None

    def _start(self) -> None:
        stack = self._call.stack
        stack.cancel(self._timer)
        self._ends = stack.now + self.interval
        if self.ours:
            self._timer = stack.after(self.interval / 2, self._half)
        else:
            self._timer = stack.after(self.interval - min(32.0, self.interval / 3), self._over)

    def _half(self) -> None:
        stack = self._call.stack
        self._timer = stack.after(max(self._ends - stack.now, 0), self._over)
        self._call.refresh()

    def _over(self) -> None:
        self._timer = None
        self._call.expired()
