"""What operations say of trunks: ``trunks.yaml`` as dataclasses. The sentence under a field documents it for operations.

Numbers with a country code are written as E.164 has it, with a plus sign: ``+49301234560``. Prefixes are the first digits
of such numbers, so ``+49`` is a country and ``+4930`` a city in it. Durations are seconds.
"""

from dataclasses import dataclass, field
from typing import ClassVar

FORMS = ("e164", "digits", "international", "national")
BARE = ("local", "national", "international")


@dataclass(frozen=True)
class Reading:
    """How somebody writes numbers to us. First `strip` and `add`; then the longest prefix that fits says what it is."""

    strip: tuple[str, ...] = ()
    """What is taken off the front first, such as the `9` that leads outside."""
    add: str = ""
    """What is put in front then."""
    international: tuple[str, ...] = ("00",)
    """What stands before a country code; `+` always does."""
    national: tuple[str, ...] = ("0",)
    """What stands before a number of the own country."""
    bare: str = "local"
    """What a number without any of these is: `local` (the area is missing), `national` (the country is missing) or
    `international` (it begins with the country code)."""
    area: str = ""
    """The own area code, put before a local number; empty = nobody outside is meant by one."""


@dataclass(frozen=True)
class Writing:
    """How a trunk wants to read numbers. First the form, then `strip` and `add`."""

    form: str = "e164"
    """`e164` (+4930...), `digits` (4930...), `international` (004930...), `national` (030..., abroad 00...)."""
    international: str = "00"
    """What is written before a country code, where the form has it."""
    national: str = "0"
    """What is written before a number of the own country, where the form has it."""
    strip: tuple[str, ...] = ()
    """What is taken off the front then."""
    add: str = ""
    """What is put in front last, such as a prefix that the provider asks for."""


@dataclass(frozen=True)
class Registration:
    """An account with a provider who wants to be registered with."""

    user: str
    """The account's number or name."""
    password: str = field(repr=False)
    """Its password."""
    login: str = ""
    """The name that the password belongs to; empty = `user`."""
    registrar: str = ""
    """Address of the registrar; empty = `host`."""
    port: int = 0
    """The registrar's port; 0 = that of the trunk."""
    expires: int = 600
    """Seconds that a registration is asked for; it is renewed when nine tenths are over."""


@dataclass(frozen=True)
class Probe:
    """How it is found out that a trunk is there: by OPTIONS. Any answer but a 5xx counts as one."""

    every: float = 30.0
    """Seconds between two questions; 0 = it is not asked, and always taken for there."""
    down_after: int = 2
    """Questions in a row without an answer after which the trunk is down."""
    answers_within: float = 8.0
    """Seconds in which a question must be answered; 0 = the 32 seconds of RFC 3261."""
    up_after: int = 1
    """Answers in a row after which a trunk that was down is up again."""


@dataclass(frozen=True)
class Trunk:
    """A line to a provider, another switch, or a gateway. Calls from its addresses are never asked for a password."""

    host: str
    """Where calls go: an address, or a name (looked up by RFC 3263; calls from where it has answered are its own)."""
    port: int = 0
    """The port there; 0 = that of the transport (5060; TLS 5061), or what SRV records say of a name."""
    transport: str = "udp"
    """udp, tcp or tls."""
    sips: bool = False
    """Whether TLS is asked for on the whole way to whom we call (`sips:`, RFC 5630), not to the trunk alone; with
    `transport: tls`."""
    sources: tuple[str, ...] = ()
    """Where its calls come from besides `host` (any port): addresses, networks (`203.0.113.0/28`), or an address with a
    port (`203.0.113.9:5060`, UDP only). Where an entry has the host's own address with a port, other ports of it are
    strangers."""
    certificate: str = ""
    """The name that its client certificate proves (TLS, `sip: {tls: {ca: ...}}`); given, its calls are known by that
    alone, wherever they come from."""
    user: str = ""
    """Name for the provider's password challenges; empty = that of `register`."""
    password: str = field(default="", repr=False)
    """Password for them."""
    register: Registration | None = None
    """Register with the provider; none = it knows our address."""
    domain: str = ""
    """What stands behind the `@` in From and in the called address; empty = our address and `host`."""
    codecs: tuple[str, ...] = ()
    """Which codecs may be used with it, the best first; empty = all that we speak."""
    incoming: Reading = field(default_factory=lambda: Reading(bare="international"))
    """How it writes numbers to us: called and caller."""
    outgoing: Writing = field(default_factory=Writing)
    """How it wants to read numbers: called and caller."""
    caller: str = ""
    """Our number, shown to whom we call; empty = anonymous."""
    callers: dict[str, str] = field(default_factory=dict)
    """Agent to the number that is shown for their calls, in place of `caller`."""
    pass_caller: bool = False
    """Whether it carries the number of somebody who has called us when their call is led on to a number outside
    (transfer, overflow); our own number then stands in Diversion (RFC 5806). Else our own number is shown."""
    numbers: dict[str, str] = field(default_factory=dict)
    """The numbers that it brings: E.164 to a number of `numbers.yaml` or an agent's. What is not here must stand in
    `numbers.yaml`, as it is called or in E.164."""
    trusted: bool = False
    """Whether it may say who calls (P-Asserted-Identity), and is told so by us (RFC 3325)."""
    probe: Probe = field(default_factory=Probe)
    """How it is found out that it is there."""
    answers_within: float = 4.0
    """Seconds in which it must say something to a call, even if it is `100 Trying`; else the next trunk is tried. 0 = the
    32 seconds of RFC 3261."""
    calls: int = 0
    """Calls at once, in and out; 0 = no limit."""
    calls_per_second: float = 0.0
    """Calls that may begin in a second, in and out; 0 = no limit."""


@dataclass(frozen=True)
class Share:
    """A trunk's place in a route. A plain number is short for `{priority: number}`."""

    SHORTHAND: ClassVar[str] = "priority"

    priority: int = 1
    """Lower is tried first; the next one when those before it cannot."""
    weight: int = 1
    """How many of the calls of its priority it gets first, compared with the others; 0 = none unless they cannot."""


@dataclass(frozen=True)
class Route:
    """Which trunks take calls to which numbers. Of the routes that are open, the one with the longest prefix that fits."""

    prefixes: tuple[str, ...]
    """The first digits of the numbers; `+` = all."""
    trunks: dict[str, Share] = field(default_factory=dict)
    """Trunk to its place."""
    hours: str = ""
    """When the route is there: a name in `hours.yaml`; empty = always. Outside of these hours the route with the next
    shorter prefix is the one."""


@dataclass(frozen=True)
class Allowance:
    """How much an agent may call out."""

    calls_per_day: int = 200
    """Calls out in a day."""
    minutes_per_day: int = 480
    """Minutes of calls out in a day; the call that reaches them is cleared."""
    at_once: int = 2
    """Calls out at once, those among them that the agent has transferred."""


@dataclass(frozen=True)
class Spike:
    """Many calls abroad in a short time are a thief, not a busy day: further ones are refused for a while."""

    calls: int = 10
    """Calls abroad by all agents together that are still right; 0 = do not look."""
    within: float = 600.0
    """Seconds in which they are counted."""
    pause: float = 3600.0
    """Seconds for which further ones are refused."""


@dataclass(frozen=True)
class Toll:
    """Who may call where, and how much: what a stolen password can cost. Emergency numbers are never asked for it."""

    countries: tuple[str, ...] = ()
    """Prefixes that may be called; empty = the own country. Of `countries` and `blocked` the longest that fits decides."""
    blocked: tuple[str, ...] = ()
    """Prefixes that may not be called, besides the premium numbers that are known of the own country."""
    each_agent: Allowance = field(default_factory=Allowance)
    """What each agent may."""
    agents: dict[str, Allowance] = field(default_factory=dict)
    """Agent to what they may, in place of it."""
    hours: str = ""
    """When calls out are allowed: a name in `hours.yaml`; empty = always."""
    spike: Spike = field(default_factory=Spike)
    """When calls abroad are stopped."""
    longest_call: float = 14400.0
    """Seconds after which a call out is cleared."""


@dataclass(frozen=True)
class Outside:
    """Everything beyond our own phones. The file may be missing: then nobody calls out."""

    country: str = ""
    """The own country code, such as `49`; needed as soon as there is a trunk."""
    dialling: Reading = field(default_factory=Reading)
    """How agents dial numbers outside."""
    emergency: tuple[str, ...] = ()
    """Emergency numbers, as they are dialled and as trunks want to read them; empty = those known of the own country,
    else `112`."""
    emergency_trunks: tuple[str, ...] = ()
    """Trunks that emergency calls try first, in this order; then all others."""
    trunks: dict[str, Trunk] = field(default_factory=dict)
    """The trunks, by name."""
    routes: dict[str, Route] = field(default_factory=dict)
    """Which trunks take which calls, by name; empty = all trunks take all calls, the first of the file first."""
    toll: Toll = field(default_factory=Toll)
    """Who may call where."""
