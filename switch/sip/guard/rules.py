"""What operations may say about strangers, and the limits that nobody needs to change."""

from dataclasses import dataclass


@dataclass(frozen=True)
class GuardRules:
    """How much a source may ask, and when it is heard no more."""

    allow: tuple[str, ...] = ("127.0.0.0/8", "::1/128")
    """Addresses and networks that are never slowed down nor banned: this machine, your trunks, your session border
    controller. Telling what is wanted of them is up to you: nobody else may be able to send from there."""
    rate: float = 40.0
    """New requests a second from one address, for as long as it likes; ten repetitions or messages within calls count as
    one. What is above is not answered, and SIP repeats it."""
    burst: float = 400.0
    """New requests at once from one address: an office of phones after a power failure."""
    strangers: float = 300.0
    """New requests a second from all addresses together where nobody is registered. The phones that are, and `allow`, do
    not count and do not wait."""
    half_open: int = 200
    """Calls of strangers that may be without their ACK at the same time; the next is answered with 503. Each holds a media
    seat until its ACK or for half a minute, and a forged address never sends one."""
    calls_per_source: int = 200
    """Calls at the same time from one address; the next is answered with 503."""
    transactions: int = 150000
    """Transactions at the same time from everybody; the next new request is answered with 503. A call leaves two behind, for
    half a minute each (RFC 3261 timers J and L): 150000 are those of 2,000 calls a second, some 3 KB of memory each."""
    bindings_per_user: int = 10
    """Places where one user may be registered at the same time; a further one takes the place of the one that expires
    first, and one REGISTER that names more is answered with 403."""
    strikes: int = 10
    """Wrong passwords after which an address is banned; five requests of other bad kinds count as one."""
    forget_strike: float = 300.0
    """Seconds after which one strike is forgotten."""
    user_strikes: int = 20
    """Wrong passwords for one user, from whatever addresses, after which only phones that are registered may try; others
    are answered with 503 until some time has passed."""
    first_ban: float = 60.0
    """Seconds of the first ban; each further one lasts twice as long as the one before."""
    longest_ban: float = 86400.0
    """Seconds that a ban lasts at most."""
    forgive_step: float = 21600.0
    """Seconds without an offence that make the next ban half as long."""


SOURCES = 16384
"""Addresses that are remembered, of each kind (seen lately; with strikes; where somebody has proved who they are). A flood
of forged addresses pushes out the oldest of its own kind and nothing else: about 5 MB."""
USERS = 4096
"""Names with wrong passwords that are remembered."""
CHEAP = 0.1
"""What a message costs its source that begins nothing new; a new request costs 1."""
CROWD = 20
"""Messages that all strangers together may send for each new request that they may begin (``strangers``)."""
BAD_KIND = 0.2
"""Strikes for what is no wrong password: garbage, a number that leads nowhere, a scanner's name."""
UNPROVEN_BANS = 1.0
"""Bans a second of addresses that may be forged, after the first sixty."""
