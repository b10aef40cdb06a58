"""Strikes and bans: an offence is a strike, ten strikes are a ban, each ban lasts twice as long as the one before.

Strikes are forgotten one after the other, and so are the steps by which bans have grown. An offence is *proven* when it
came with a nonce that we had sent to that very address, or over a connection: then the address is no forgery. Without that
proof a ban never grows beyond the first, for the one who is banned may never have sent anything.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

from .buckets import Bucket, Recent
from .rules import SOURCES, UNPROVEN_BANS, GuardRules


class Ban(NamedTuple):
    """A source that is not heard. ``since``, ``until``: POSIX seconds."""

    source: str
    since: float
    until: float
    why: str


class Offender:
    """What a source has done."""

    __slots__ = ("at", "ban", "calm", "level", "proven", "strikes")

    def __init__(self, now: float) -> None:
        self.strikes = 0.0
        self.proven = False
        self.level = 0
        self.at = now
        self.calm = now
        """The moment of the last offence or step of forgiveness."""
        self.ban: Ban | None = None


class Bans:
    """Everybody with strikes, banned or not."""

    def __init__(self, rules: GuardRules) -> None:
        self._rules = rules
        self._offenders: Recent[Offender] = Recent(SOURCES)
        self._unproven = Bucket(UNPROVEN_BANS, 60 * UNPROVEN_BANS, 0.0)

    def offend(self, source: str, strikes: float, proven: bool, why: str, now: float) -> tuple[Ban | None, Ban | None]:
        """Note an offence. Gives the ban that it made, and another's ban that is forgotten for want of room."""
        offender = self._offenders.get(source) or Offender(now)
        gone = self._offenders.put(source, offender)
        self._forgive(offender, now)
        offender.strikes += strikes
        offender.proven = offender.proven or proven
        forgotten = gone[1].ban if gone else None
        if offender.ban is not None or offender.strikes < self._rules.strikes - 1e-9:
            return None, forgotten
        return self._ban(source, offender, why, now), forgotten

    def _forgive(self, offender: Offender, now: float) -> None:
        offender.strikes = max(0.0, offender.strikes - (now - offender.at) / self._rules.forget_strike)
        if offender.strikes == 0.0:
            offender.proven = False
        steps = int((now - offender.calm) / self._rules.forgive_step)
        offender.level = max(0, offender.level - steps)
        offender.at = offender.calm = now

    def _ban(self, source: str, offender: Offender, why: str, now: float) -> Ban | None:
        rules = self._rules
        offender.strikes = 0.0
        if not offender.proven and not self._unproven.take(1.0, now):
            return None
        level = offender.level if offender.proven else 0
        seconds = min(rules.longest_ban, rules.first_ban * 2.0 ** min(level, 40))
        if offender.proven:
            offender.level += 1
        offender.proven = False
        offender.ban = Ban(source, now, now + seconds, why)
        offender.at = offender.calm = offender.ban.until
        return offender.ban

    def end(self, source: str) -> Ban | None:
        """End a ban, served or not; the steps are kept, for forgiving them takes time. None = there was none."""
        offender = self._offenders.get(source)
        if offender is None or offender.ban is None:
            return None
        ban, offender.ban = offender.ban, None
        offender.at = offender.calm = min(offender.at, ban.until)
        return ban

    def pardon(self, source: str) -> Ban | None:
        """End a ban and forget everything: an operator knows better."""
        ban = self.end(source)
        self._offenders.pop(source, None)
        return ban

    def of(self, source: str) -> Ban | None:
        """The ban of a source."""
        offender = self._offenders.get(source)
        return offender.ban if offender else None

    def plain(self, source: str) -> dict[str, Any] | None:
        """The ban of a source, and how far its bans have grown, as plain data; None = there is none."""
        offender = self._offenders.get(source)
        if offender is None or offender.ban is None:
            return None
        return {"since": offender.ban.since, "until": offender.ban.until, "why": offender.ban.why, "level": offender.level}

    def restore(self, source: str, value: Mapping[str, Any]) -> Ban:
        """Take up what ``plain`` gave before a stop."""
        offender = Offender(value["until"])
        offender.ban = Ban(source, value["since"], value["until"], value["why"])
        offender.level = value["level"]
        self._offenders.put(source, offender)
        return offender.ban

    def all(self) -> list[Ban]:
        """All bans, the newest last."""
        return sorted([each.ban for each in self._offenders.values() if each.ban], key=lambda ban: ban.since)
