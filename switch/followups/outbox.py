"""What is still to be sent, when it is tried next, and what its failures mean. Pure: entries and outcomes in, work out.

    queued --> waiting --> under way --> sent
                  ^            |
                  |            +--> refused by its receiver, or too old: failed
                  +-- pause ---+    (the sender as a whole pauses: it is away, not the message wrong)

A gateway that is away fails everything alike, so after a failure its sender rests, longer each time, and one message alone
tries whether it is back. The journal is the outbox: ``cursor`` stands before the oldest entry that is still to be sent, and
whoever reads on from there finds the same work again.
"""

from collections import Counter
from dataclasses import dataclass, field

from switch.events import Event, FollowupFailed, FollowupQueued, FollowupSent
from switch.followups.rules import Followups
from switch.journal import Entry

LONGEST_PAUSE = 600.0
TOGETHER = 4
"""Messages of one sender that may be under way at once."""
TAKEN, REFUSED, AWAY = "taken", "refused", "away"
HOUR = 3600.0


@dataclass(slots=True)
class Waiting:
    """One follow-up that is still to be sent."""

    number: int
    """Of its entry."""
    at: float
    """When it was queued, POSIX seconds."""
    event: FollowupQueued
    tries: int = 0
    why: str = ""
    """What the last try came to."""
    under_way: bool = False

    @property
    def due(self) -> float:
        """From when on it may be sent."""
        return max(self.at, self.event.due)


@dataclass(slots=True)
class _Rest:
    """A sender that has failed: not before ``until``; the next rest lasts ``pause``."""

    until: float = 0.0
    pause: float = 0.0


@dataclass
class Outbox:
    """All that is still to be sent."""

    followups: Followups
    waiting: dict[str, Waiting] = field(default_factory=dict)
    seen: int = 0
    """The last entry that was read."""
    _rests: dict[str, _Rest] = field(default_factory=dict)

    def feed(self, entry: Entry) -> None:
        """The next entry of the journal."""
        self.seen = entry.number
        match entry.event:
            case FollowupQueued() as event:
                self.waiting[event.followup] = Waiting(entry.number, entry.at, event)
            case FollowupSent(followup=name) | FollowupFailed(followup=name):
                self.waiting.pop(name, None)

    @property
    def cursor(self) -> int:
        """Up to here everything is done."""
        return min((each.number for each in self.waiting.values()), default=self.seen + 1) - 1

    def oldest(self, now: float) -> float:
        """Seconds that the oldest has been due; 0 = nothing is."""
        return max((now - each.due for each in self.waiting.values() if each.due <= now), default=0.0)

    def expired(self, now: float) -> list[Event]:
        """What is too old to be tried again: told as failed."""
        return [self._failed(each) for each in list(self.waiting.values())
                if not each.under_way and now - each.due > self._give_up(each)]

    def take(self, now: float) -> list[Waiting]:
        """What is to be sent now; each is under way until :meth:`done`."""
        busy, found = self._busy(), []
        for each in self.waiting.values():
            name = each.event.sender
            if each.under_way or each.due > now or busy[name] >= self._room(name) or now < self._until(name):
                continue
            each.under_way, each.tries = True, each.tries + 1
            busy[name] += 1
            found.append(each)
        return found

    def _busy(self) -> Counter[str]:
        return Counter(each.event.sender for each in self.waiting.values() if each.under_way)

    def _room(self, sender: str) -> int:
        return 1 if sender in self._rests else TOGETHER

    def _until(self, sender: str) -> float:
        rest = self._rests.get(sender)
        return 0.0 if rest is None else rest.until

    def done(self, name: str, outcome: str, why: str, now: float, retry_after: float = 0.0) -> list[Event]:
        """A try is over: ``taken``, ``refused`` (for ever), ``away`` (to be tried again); what is to be written down."""
        each = self.waiting.get(name)
        if each is None:
            return []
        each.under_way, each.why = False, why
        if outcome == AWAY:
            self._rest(each.event.sender, now, retry_after)
            return [self._failed(each)] if now - each.due > self._give_up(each) else []
        self._rests.pop(each.event.sender, None)
        event = each.event
        if outcome == TAKEN:
            del self.waiting[name]
            return [FollowupSent(contact=event.contact, followup=event.followup, rule=event.rule, tries=each.tries)]
        return [self._failed(each)]

    def _rest(self, sender: str, now: float, retry_after: float) -> None:
        rules = self.followups.sender(sender)
        rest = self._rests.setdefault(sender, _Rest(pause=rules.pause if rules is not None else LONGEST_PAUSE))
        if now < rest.until:  # several were under way when it went away: that is one failure
            return
        rest.until = now + max(rest.pause, min(retry_after, LONGEST_PAUSE))
        rest.pause = min(LONGEST_PAUSE, 2 * rest.pause)

    def _give_up(self, each: Waiting) -> float:
        rules = self.followups.sender(each.event.sender)
        return (rules.give_up if rules is not None else 24.0) * HOUR

    def _failed(self, each: Waiting) -> FollowupFailed:
        event = each.event
        del self.waiting[event.followup]
        return FollowupFailed(contact=event.contact, followup=event.followup, rule=event.rule, tries=each.tries,
                              why=each.why or "it was never tried")

    def next(self, now: float) -> float | None:
        """When there is something to do again, POSIX seconds; None = only news can bring it."""
        busy = self._busy()
        return min((max(each.due, self._until(each.event.sender)) for each in self.waiting.values()
                    if not each.under_way and busy[each.event.sender] < self._room(each.event.sender)), default=None)
