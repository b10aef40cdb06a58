"""The guard: who is heard, asked before anything of a message is read, and again before anything is begun for it.

A source is an address without its port, as everybody behind one NAT has it. What is decided, and why:

- *A message costs its source a tenth, a new request a whole token.* Repetitions and what belongs to a call in progress are
  nearly free; whoever is above the rate is not answered, so that nothing is amplified, and SIP repeats.
- *Only what the address itself must have done counts in full.* UDP addresses are easily forged, and a guard that bans on
  sight bans whomever an attacker names. A wrong password counts as a whole strike only together with a nonce that we sent
  to that address, or over a connection. Everything else (garbage, numbers that lead nowhere, a scanner's name) is a fifth
  of a strike, and if all strikes are of that kind the ban is the shortest, and does not grow.
- *Who has proved who they are is heard although their address is banned*: that very port, until the binding expires. So an
  attacker in the same office, or behind the same carrier's NAT, stops no phone that is registered, and no call in progress.
  Other ports of a banned address stay unheard even with the right password, or guessing would go on.
- *All strangers together have a bucket of messages, too*, before they are read: in a flood from many addresses, each of
  which behaves, reading it all would cost those who are registered their calls. Strangers lose some, and SIP repeats; over
  a stream nothing would be repeated, and connections have limits of their own.
- *Scanners get silence*: what calls itself by a known scanner's name is never answered, banned or not.
- *A user has a bucket of wrong passwords, too*, for guesses that come from many addresses. When it is empty, those who are
  not registered are told 503, whether the user exists or not, even with the right password. An attacker can thus keep a
  user from registering at a new place while the attack lasts, which is less than a guessed password costs.
- *Memory is bounded by tables that forget*: see ``rules``. A flood of forged addresses makes us forget buckets, which makes
  those full, and strikes of other strangers; never who has proved themselves.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import lru_cache
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Any

from ..effects import Address, Banned, Forgiven
from .bans import Ban, Bans
from .buckets import Bucket, Recent
from .rules import BAD_KIND, CHEAP, CROWD, SOURCES, USERS, GuardRules

_SCANNERS = re.compile(
    r"friendly-(?:scanner|request)|sipvicious|sip-?scan|sipcli|sundayddr|vaxsip|sipsak|pplsip|iwar|siparmyknife|smap|"
    r"gulp|sipptk|conaito|nmap|masscan|zgrab|test[- ]?agent|cisco-sipgateway/ios-12\.x", re.IGNORECASE)
"""What scanners that are found in the wild call themselves; nobody who means harm needs to, yet most do."""


_AGENT = 80
"""Characters of a User-Agent that are looked at; the same few come again and again, and are remembered."""


@lru_cache(1024)
def _is_scanner(agent: str) -> bool:
    return _SCANNERS.search(agent) is not None


class Source(Bucket):
    """An address that was heard lately."""

    __slots__ = ("allowed", "banned")

    def __init__(self, rules: GuardRules, allowed: bool, banned: bool, now: float) -> None:
        super().__init__(rules.rate, rules.burst, now)
        self.allowed = allowed
        self.banned = banned


class Guard:
    """``news``: what is to be told of bans, until somebody takes it. Moments are POSIX seconds.

    Raises ValueError for rules that allow what is no network."""

    def __init__(self, rules: GuardRules) -> None:
        self.rules = rules
        self.trusted: Callable[[str], bool] = lambda _: False
        """What else is trusted by its place: trunks, whose addresses may be learnt later. May be exchanged."""
        self.certified: Callable[[Address], bool] = lambda _: False
        """Who is trusted by the certificate of this very connection: trunks, wherever they come from. May be exchanged."""
        self.news: list[Banned | Forgiven] = []
        self.unheard = self.refused = self.wrong_passwords = 0
        """How many messages got no answer, how many new requests got 503, how many passwords were wrong; ever."""
        self._networks: tuple[IPv4Network | IPv6Network, ...] = tuple(
            [ip_network(each, strict=False) for each in rules.allow])
        self._young: dict[str, Source] = {}
        self._old: dict[str, Source] = {}
        self._strangers = Bucket(rules.strangers, 2 * rules.strangers, 0.0)
        self._crowd = Bucket(CROWD * rules.strangers, 2 * CROWD * rules.strangers, 0.0)
        """Messages of all who are not trusted together, before anything of them is read."""
        self._users: Recent[Bucket] = Recent(USERS)
        self._proved: Recent[dict[Address, float]] = Recent(SOURCES)
        self._open: dict[tuple[str, str], float] = {}
        self._bans = Bans(rules)

    # -- every message ------------------------------------------------------------------------------------------------

    def hears(self, source: Address, now: float) -> bool:
        """Whether a message is read at all."""
        known = self._young.get(source[1])
        if known is None:
            known = self._meet(source[1], now)
        if known.allowed or self._certified(source):
            return True
        if (known.banned and not self.proved(source, now)) or not known.take(CHEAP, now):
            self.unheard += 1
            return False
        if source[0] != "udp" or self._crowd.take(1.0, now) or self.proved(source, now):
            return True
        self.unheard += 1
        return False

    def _meet(self, host: str, now: float) -> Source:
        """Two generations: when the young ones are many, the old ones who were not heard since are forgotten."""
        if len(self._young) >= SOURCES // 2:
            self._old, self._young = self._young, {}
        known = self._old.pop(host, None) or Source(self.rules, self.allowed(host), self._bans.of(host) is not None, now)
        self._young[host] = known
        return known

    def allow(self, places: tuple[str, ...]) -> None:
        """These addresses and networks are trusted instead of those of the rules. Raises ValueError."""
        if places == self.rules.allow:
            return
        networks = tuple([ip_network(each, strict=False) for each in places])
        self.rules, self._networks = replace(self.rules, allow=places), networks
        self.forget()

    def forget(self) -> None:
        """Look anew at each address that comes: others may be trusted now. Bans and strikes stay."""
        self._young.clear()
        self._old.clear()

    def allowed(self, host: str) -> bool:
        """Whether an address is trusted by its place."""
        if self.trusted(host):
            return True
        try:
            address = ip_address(host.partition("%")[0])
        except ValueError:
            return False
        if isinstance(address, IPv6Address) and address.ipv4_mapped:
            address = address.ipv4_mapped
        return any(address in network for network in self._networks)

    # -- every new request --------------------------------------------------------------------------------------------

    def admits(self, source: Address, agent: str, now: float) -> bool:
        """Whether a request outside of any dialog may begin something; else it gets no answer."""
        known = self._young.get(source[1]) or self._meet(source[1], now)
        if not known.allowed and self.trusted(source[1]):
            known.allowed = True
        if known.allowed or self._certified(source):
            return True
        if agent and _is_scanner(agent[:_AGENT]):
            self.misdeed(source, "scanner", now)
        elif known.take(1.0 - CHEAP, now) and (self.proved(source, now) or self._strangers.take(1.0, now)):
            return True
        self.unheard += 1
        return False

    def has_room(self, source: Address, transactions: int, now: float) -> bool:
        """Whether another transaction may begin. Those who have proved who they are may take the last tenth."""
        limit = self.rules.transactions
        return transactions < limit * 0.9 or (transactions < limit and self.knows(source, now))

    def may_call(self, source: Address, calls: int, now: float) -> bool:
        """Whether another call may begin from there, with so many in progress."""
        if self._trusts(source):
            return True
        if calls >= self.rules.calls_per_source:
            return False
        while self._open and next(iter(self._open.values())) <= now:
            del self._open[next(iter(self._open))]
        return len(self._open) < self.rules.half_open or self.proved(source, now)

    def opened(self, dialog: tuple[str, str], source: Address, until: float, now: float) -> None:
        """A call has begun whose ACK is due by ``until``."""
        if not self.knows(source, now):
            self._open[dialog] = until

    def acknowledged(self, dialog: tuple[str, str]) -> None:
        """Its ACK has come."""
        if self._open:
            self._open.pop(dialog, None)

    # -- who is who ---------------------------------------------------------------------------------------------------

    def prove(self, source: Address, until: float) -> None:
        """Somebody there has shown the right password, or has a call with us."""
        places = self._proved.get(source[1]) or {}
        self._proved.put(source[1], places)
        places[source] = max(until, places.pop(source, 0.0))
        if len(places) > self.rules.burst:
            del places[next(iter(places))]

    def proved(self, source: Address, now: float) -> bool:
        """Whether this very port has."""
        places = self._proved.get(source[1])
        return places is not None and places.get(source, 0.0) > now

    def familiar(self, host: str, now: float) -> bool:
        """Whether any port of an address has."""
        return any(until > now for until in self._proved.get(host, {}).values())

    def knows(self, source: Address, now: float) -> bool:
        """Whether it is no stranger: allowed, or proved."""
        return self._trusts(source) or self.proved(source, now)

    def _trusts(self, source: Address) -> bool:
        known = self._young.get(source[1])
        return (known.allowed if known else self.allowed(source[1])) or self._certified(source)

    def _certified(self, source: Address) -> bool:
        return source[0] == "tls" and self.certified(source)

    # -- offences -----------------------------------------------------------------------------------------------------

    def may_try(self, source: Address, user: str, now: float) -> bool:
        """Whether credentials for this user are looked at; the same for users who do not exist."""
        bucket = self._users.get(user)
        if bucket is None or self.knows(source, now):
            return True
        bucket.take(0.0, now)
        return bucket.tokens >= 1.0

    def wrong_password(self, source: Address, user: str, proven: bool, now: float) -> None:
        """A wrong password, or one for nobody. ``proven``: together with a nonce that we sent there."""
        self.wrong_passwords += 1
        rules = self.rules
        bucket = self._users.get(user) or Bucket(rules.user_strikes / (10 * rules.forget_strike), rules.user_strikes, now)
        self._users.put(user, bucket)
        bucket.take(1.0, now)
        if proven or source.transport != "udp":
            self._offend(source[1], 1.0, True, "wrong_password", now)
        else:
            self._offend(source[1], BAD_KIND, False, "wrong_password", now)

    def misdeed(self, source: Address, why: str, now: float) -> None:
        """Something else that no friend does: ``garbage``, ``scanner``, ``nowhere``."""
        self._offend(source[1], BAD_KIND, source.transport != "udp", why, now)

    def _offend(self, host: str, strikes: float, proven: bool, why: str, now: float) -> None:
        known = self._young.get(host) or self._meet(host, now)
        if known.allowed:
            return
        made, forgotten = self._bans.offend(host, strikes, proven, why, now)
        if made is not None:
            known.banned = True
            self.news.append(Banned(made.source, made.why, made.until))
        if forgotten is not None:
            self._heard_again(forgotten.source, "forgotten")

    # -- bans ---------------------------------------------------------------------------------------------------------

    def served(self, host: str, now: float) -> None:
        """A moment has come at which a ban may be over."""
        ban = self._bans.of(host)
        if ban is not None and ban.until <= now:
            self._bans.end(host)
            self._heard_again(host, "served")

    def plain(self, host: str) -> dict[str, Any] | None:
        """The ban of an address as plain data, to be taken up by ``restore`` after a stop; None = there is none."""
        return self._bans.plain(host)

    def restore(self, host: str, value: Mapping[str, Any]) -> None:
        """Hear this address no more, as before the stop."""
        self._bans.restore(host, value)
        for generation in (self._young, self._old):
            generation.pop(host, None)

    def lift(self, host: str, by: str) -> bool:
        """End a ban by hand; whether there was one."""
        if self._bans.pardon(host) is None:
            return False
        self._heard_again(host, "lifted", by)
        return True

    def bans(self) -> list[Ban]:
        """Who is not heard, the newest last."""
        return self._bans.all()

    def _heard_again(self, host: str, why: str, by: str = "") -> None:
        for generation in (self._young, self._old):
            if host in generation:
                generation[host].banned = False
        self.news.append(Forgiven(host, why, by))

    def counts(self) -> dict[str, float]:
        """Figures for operations."""
        return {
            "guard_banned": len(self.bans()), "guard_sources": len(self._young) + len(self._old),
            "guard_unheard_total": self.unheard, "guard_refused_total": self.refused,
            "guard_wrong_passwords_total": self.wrong_passwords,
        }
