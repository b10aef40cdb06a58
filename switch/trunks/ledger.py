"""Who has called out, how often and how long: what a stolen password can cost (toll fraud). Pure.

The counts of a day are plain values, one for each agent, and one for calls abroad; each is remembered when it changes, so
that a restart does not give a thief another day. A call that a crash has cut off is charged until the moment at which the
switch is back. How many calls an agent has at once is not kept here: whoever asks counts the legs that live.
"""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from typing import Any

from switch.trunks import plans
from switch.trunks.numbers import covers, longest
from switch.trunks.rules import Allowance, Outside

ABROAD = ""
"""The key of the calls abroad of all agents."""
REASONS = {
    "toll_country": "calls to this country are not allowed",
    "toll_blocked": "calls to numbers of this kind are not allowed",
    "toll_hours": "calls out are not allowed at this hour",
    "toll_spike": "too many calls abroad in a short time; further ones are stopped for a while",
    "toll_calls": "the calls out of this agent's day are used up",
    "toll_minutes": "the minutes of this agent's day are used up",
    "toll_at_once": "this agent has as many calls out as they may have at once",
}
"""Why a call out is refused: the word for programs, the sentence for people."""


@dataclass
class Account:
    """One agent's day."""

    day: str = ""
    calls: int = 0
    seconds: float = 0.0
    """Seconds of calls that are over."""
    running: dict[str, float] = field(default_factory=dict)
    """Call to when it was answered, POSIX seconds."""

    def spent(self, now: float) -> float:
        """Seconds until now."""
        return self.seconds + sum(now - since for since in self.running.values())


class Ledger:
    """All accounts. ``zone``: where a day begins."""

    def __init__(self, outside: Outside, zone: tzinfo) -> None:
        self.outside = outside
        self._zone = zone
        self._accounts: dict[str, Account] = {}
        self._abroad: deque[float] = deque()
        self._stopped_until = 0.0

    def configure(self, outside: Outside, zone: tzinfo) -> None:
        """New rules; what has been spent stays spent."""
        self.outside, self._zone = outside, zone

    # -- may they? ----------------------------------------------------------------------------------------------------

    def refusal(self, agent: str, number: str, at_once: int, is_open: bool, now: float) -> str:
        """Why this may not be called (a key of ``REASONS``); empty = it may. ``agent`` is empty for the house's own
        calls. ``at_once``: calls out that the agent has. ``is_open``: whether the hours of ``toll`` are."""
        return self._where(number) or ("" if is_open else "toll_hours") or self._spike(number, now) or (
            self._how_much(agent, at_once, now) if agent else "")

    def _where(self, number: str) -> str:
        outside = self.outside
        allowed = longest(outside.toll.countries or (outside.country,), number)
        blocked = longest(outside.toll.blocked, number)
        if allowed < 0:
            return "toll_country"
        known = longest(plans.premium(outside.country), number)
        return "toll_blocked" if blocked >= allowed or known > allowed else ""

    def _spike(self, number: str, now: float) -> str:
        return "toll_spike" if now < self._stopped_until and self.is_abroad(number) else ""

    def _how_much(self, agent: str, at_once: int, now: float) -> str:
        account, may = self._account(agent, now), self.allowance(agent)
        if at_once >= may.at_once:
            return "toll_at_once"
        if account.calls >= may.calls_per_day:
            return "toll_calls"
        return "toll_minutes" if account.spent(now) >= may.minutes_per_day * 60 else ""

    def allowance(self, agent: str) -> Allowance:
        """What this agent may."""
        return self.outside.toll.agents.get(agent, self.outside.toll.each_agent)

    def is_abroad(self, number: str) -> bool:
        """Whether a number is outside the own country, or costs as if it were."""
        country = self.outside.country
        return not covers(country, number) or longest(plans.premium(country), number) >= 0

    # -- what they do -------------------------------------------------------------------------------------------------

    def began(self, agent: str, number: str, now: float) -> bool:
        """A call out begins; whether with it calls abroad have become too many."""
        if agent:
            self._account(agent, now).calls += 1
        spike = self.outside.toll.spike
        if not spike.calls or not self.is_abroad(number):
            return False
        self._abroad.append(now)
        while self._abroad[0] <= now - spike.within:
            self._abroad.popleft()
        if len(self._abroad) < spike.calls or now < self._stopped_until:
            return False
        self._stopped_until = now + spike.pause
        self._abroad.clear()
        return True

    def answered(self, agent: str, call: str, now: float) -> float:
        """The call costs money from now on; gives the moment at which it is cleared."""
        account, toll = self._account(agent, now), self.outside.toll
        left = self.allowance(agent).minutes_per_day * 60 - account.spent(now) if agent else toll.longest_call
        account.running[call] = now
        return now + max(1.0, min(toll.longest_call, left))

    def ended(self, agent: str, call: str, now: float) -> bool:
        """The call is over; whether it had been answered."""
        account = self._account(agent, now)
        since = account.running.pop(call, None)
        if since is not None:
            account.seconds += now - since
        return since is not None

    # -- across a restart ---------------------------------------------------------------------------------------------

    def plain(self, agent: str) -> dict[str, Any]:
        """What is to be remembered of an agent; of ``ABROAD``: of the calls abroad."""
        account = self._accounts.get(agent, Account())
        value = {"day": account.day, "calls": account.calls, "seconds": account.seconds, "running": dict(account.running)}
        return value | {"abroad": list(self._abroad), "stopped_until": self._stopped_until} if agent == ABROAD else value

    def restore(self, agent: str, value: Mapping[str, Any], now: float) -> None:
        """Take up what was remembered."""
        cut_off = sum(max(0.0, now - since) for since in value["running"].values())
        self._accounts[agent] = Account(value["day"], value["calls"], value["seconds"] + cut_off)
        if agent == ABROAD:
            self._abroad.extend(value["abroad"])
            self._stopped_until = value["stopped_until"]

    def _account(self, agent: str, now: float) -> Account:
        """The account of today; the calls that are running go over into it."""
        account = self._accounts.setdefault(agent, Account())
        today = datetime.fromtimestamp(now, self._zone).date().isoformat()
        if account.day != today:
            account.day, account.calls, account.seconds = today, 0, 0.0
        return account
