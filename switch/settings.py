"""What operations say: the whole of ``config/`` as dataclasses. The sentence under a field documents it for operations.

Files: ``shoal.yaml`` (:class:`System`), ``agents.yaml``, ``queues.yaml``, ``numbers.yaml``, ``hours.yaml``
(:class:`switch.hours.rules.Hours`) and the iCalendar files that it names, ``ivr/*.yaml`` (one :class:`ivr.tree.Tree` each,
named after its file), ``trunks.yaml`` (:class:`switch.trunks.rules.Outside`), ``followups.yaml``
(:class:`switch.followups.rules.Followups`), ``quality.yaml`` (:class:`switch.quality.rules.Quality`),
``prompts/<language>/*`` (own recordings). Durations are seconds.
"""

from dataclasses import dataclass, field
from pathlib import Path

from ivr.prompts import Prompts
from ivr.tree import Tree
from media.sdp import CODECS
from switch.acd.rules import AgentRules, QueuePrompt, QueueRules, Supervision, Thresholds
from switch.followups.rules import Followups
from switch.hours.calendar import Calendar
from switch.quality.rules import Quality
from switch.sip.guard import GuardRules
from switch.speech.rules import SpeechRules
from switch.trunks.rules import Outside

REASONS = {"break": "Break", "lunch": "Lunch", "meeting": "Meeting", "training": "Training"}
"""Why agents are not ready, where operations say nothing else."""


@dataclass(frozen=True)
class Tls:
    """TLS 1.2 and 1.3 for phones and trunks. All files are PEM, relative to the folder that holds `config/`. They are read
    anew when they change; connections that are up stay, and where new files cannot be used the old ones go on."""

    certificate: str = ""
    """Our certificate, followed by those that lead to its authority. Empty = a self-signed one, made at the first start:
    `var/tls-certificate.pem`."""
    key: str = ""
    """The key of the certificate, without a password. Empty = `var/tls-key.pem`."""
    ca: str = ""
    """The authorities whose certificates are believed. Empty = no client is asked for a certificate, and servers that we
    connect to are believed as the machine believes them."""
    clients: str = "ask"
    """Whether clients are asked for a certificate, where `ca` is set. Who shows one that `ca` does not know is turned away
    in either case; with `no` nobody is asked, as phones need that show the certificate of their maker."""
    check_servers: bool = True
    """Whether a server that we connect to must prove the name, or the address, that it was asked for by."""
    oldest: str = "1.2"
    """The oldest version that is spoken."""


@dataclass(frozen=True)
class Sip:
    """The telephone side."""

    port: int = 5060
    """UDP and TCP port."""
    tls_port: int = 5061
    """TLS port; 0 = no TLS."""
    tls: Tls = field(default_factory=Tls)
    """What is shown and believed on the TLS port."""
    connections: int = 4096
    """TCP and TLS connections at most; further ones are closed at once."""
    connections_of_one_source: int = 512
    """Connections of one IPv4 address, or of one IPv6 network of 64 bits. A whole office may stand behind one."""
    realm: str = "shoal"
    """The realm of password challenges."""
    digest: tuple[str, ...] = ("SHA-256", "MD5")
    """What phones may prove their password with, in the order in which it is asked for. Phones that know MD5 only skip
    SHA-256; baresip 1.0 and SIPp, which would give up instead, are asked for MD5 alone. For others that give up, write
    `[MD5]`."""
    auth_int: bool = False
    """Whether phones are also offered to sign the body of what they send (`qop=auth-int`). Few can, and some of those that
    cannot give up."""
    t1: float = 0.5
    """Round-trip estimate in seconds (RFC 3261 T1); every retransmission time follows from it."""
    dscp: int = 24
    """The class of service that signalling is marked with (DSCP; 24 = CS3, 0 = none)."""
    ring_limit: float = 120.0
    """Seconds after which a call out that still rings is given up."""
    register_expires: int = 3600
    """Seconds that a registration lasts at most."""
    register_least: int = 60
    """Seconds that a registration lasts at least; a shorter wish is answered with 423."""
    session_expires: int = 1800
    """Seconds after which a call is cleared whose peer, though it knows session timers (RFC 4028), shows no sign of life;
    half of it is the time between two signs. 0 = only peers that ask for it get a timer."""
    min_se: int = 90
    """Seconds that a peer may ask for at least; a shorter wish is answered with 422."""
    subscribe_expires: int = 3600
    """Seconds that a phone's subscription (lamps, mailboxes) lasts at most."""
    subscribe_least: int = 60
    """Seconds that a subscription lasts at least; a shorter wish is answered with 423."""
    subscriptions_per_user: int = 200
    """Subscriptions that the phones of one user may have together; one more is answered with 503."""
    subscriptions_per_source: int = 2000
    """Subscriptions that may come from one address, behind which there may be a whole office."""


@dataclass(frozen=True)
class Http:
    """Pages, REST and the CTI websocket."""

    port: int = 8080
    """Port of pages, REST and the CTI websocket."""
    tls_port: int = 0
    """Port of the same over TLS (`https://`), with the certificate of `sip.tls`; 0 = none. Browsers give a microphone to
    pages of this machine and to those over TLS alone: phones in browsers need this, or a proxy that speaks TLS."""
    token_hours: float = 12.0
    """Hours that a token is good for."""
    status_token: str = field(default="", repr=False)
    """What whoever watches the switch shows to see `/metrics` and `/health` (`Authorization: Bearer ...`), 16 characters or
    more; empty = none: only this machine and `status_from` see them."""
    status_from: tuple[str, ...] = ()
    """Addresses and networks that see `/metrics` and `/health` without a token, such as `10.0.0.0/8`."""


@dataclass(frozen=True)
class Phone:
    """The phone in a browser."""

    comeback: float = 15.0
    """Seconds for which a talk waits for an agent whose page is lost or loaded anew: the caller hears music, and the agent
    is rung again. Who is not back by then has lost the caller to the head of the queue. 0 = the talk is over at once."""


@dataclass(frozen=True)
class Media:
    """Voice: RTP and recordings in the making."""

    first_port: int = 40000
    """First RTP port; even numbers are used."""
    last_port: int = 49998
    """Last RTP port."""
    workers: int = 1
    """Processes that carry voice, each with ports of its own out of the range; 0 = as many as there are cores, less one
    for signalling. A call is in one of them, the one with the least to do, with all who join it."""
    pin: tuple[str, ...] = ()
    """Cores: `auto` = each worker on one of the last ones, and signalling on the others; or the cores of the workers, as in
    `[2, 3]`. Empty = wherever the kernel likes."""
    real_time: str = "auto"
    """Real-time priority of the workers, and for signalling a niceness of -10, with `pin` real-time priority, too: `auto` =
    where it is permitted (`LimitRTPRIO` and `LimitNICE` of the service); `off` = never. A process that does not pause for a
    fifth of a second gives it up until it keeps its pace again."""
    address: tuple[str, ...] = ()
    """The address that phones are told to send to, in SIP and SDP; with IPv6, one of each family, of which each phone is
    told its own. Empty = the listening addresses."""
    codecs: tuple[str, ...] = CODECS
    """What is offered and taken, in this order. An offer's own order counts, but G.711 (PCMU, PCMA), which costs nothing,
    goes before G.722 and Opus, which are transcoded; write one of these first to turn that round. Opus needs the library
    libopus (Debian: `libopus0`); where it is missing, Opus is left out."""
    tones: bool = True
    """Whether keys are also heard as tones (in-band DTMF), on calls that agreed on no telephone events."""
    local_address: str = ""
    """The address that phones in `local_networks` are told; empty = the listening address."""
    local_networks: tuple[str, ...] = ()
    """Networks behind the same NAT as the switch, such as `192.168.0.0/16`: who is there is told `local_address` and not
    `address`, in SIP and SDP."""
    dscp: int = 46
    """The class of service that voice is marked with (DSCP; 46 = EF, 0 = none)."""
    srtp: str = "offer"
    """Encrypted voice with keys in SDP (SRTP, RFC 4568): `off` = never; `offer` = taken where a phone offers it, and
    offered to phones and trunks that are registered or reached over TLS, in a plain line (who refuses that with 488 is
    asked once more for SRTP alone); `require` = calls without it are refused, and it is offered to everybody, so have
    them use TLS."""
    srtp_without_tls: bool = False
    """Offer SRTP over UDP and TCP, too, where everybody on the way can read the keys."""
    timeout: float = 60.0
    """Seconds without any packet, voice or report, while nobody holds, after which a phone is taken for gone and hung up
    on; 0 = never."""
    poor_below: float = 3.1
    """The opinion score (MOS, 1 to 4.4) below which a stretch of some seconds is written down as `media.poor`; 0 =
    never."""
    silence_after: float = 3.0
    """Seconds without a packet, while one is due, after which `media.silent` is written."""


@dataclass(frozen=True)
class Overload:
    """When new calls are refused (503 with Retry-After) so that those that are up stay good. Whatever belongs to a call that
    is up, and emergency calls, are never refused."""

    frame_late: float = 0.01
    """Seconds by which the frames of a media worker begin late (99th percentile of a second, twice in a row) from which on
    it gets no new call; ten times as many while it uses less than half a core, since its calls are not the reason
    then. 0 = never."""
    media_busy: float = 0.9
    """Share of a core that a media worker uses from which on it gets no new call; 0 = never."""
    loop_lag: float = 0.25
    """Seconds by which signalling is late (twice in a row) from which on there is no new call, ten times as many while it
    uses less than half a core; the same when more comes than it reads. 0 = never."""
    retry_after: int = 5
    """Seconds after which callers may try again; each is told some between this and twice of it."""


@dataclass(frozen=True)
class Store:
    """Where journal, records and recordings are kept."""

    url: str = field(default="sqlite+aiosqlite:///var/shoal.db", repr=False)
    """SQLAlchemy URL of the journal and the records; `postgresql+asyncpg://...` in production."""
    recordings: str = "var/recordings"
    """Folder of recordings and voice mails."""
    trace: str = "ladder"
    """What is kept of SIP for the timeline of a contact (`shoal contact show`): `ladder` = of each message who said what and
    when, without bodies and secrets; `off` = nothing."""
    trace_days: float = 30.0
    """Days for which that is kept; 0 = for ever."""
    versions: int = 100
    """Published versions of the configuration that are kept at least; older ones go when their days are over, too."""
    versions_days: float = 90.0
    """Days for which every published version is kept; 0 = for ever."""


@dataclass(frozen=True)
class Mqtt:
    """Events for an MQTT broker."""

    host: str = ""
    """The broker; empty = no export."""
    port: int = 1883
    """The broker's port."""
    user: str = ""
    """User name at the broker."""
    password: str = field(default="", repr=False)
    """Password at the broker."""
    prefix: str = "shoal"
    """First part of every topic."""


@dataclass(frozen=True)
class Lookup:
    """Who is calling? A question to a CRM."""

    url: str = field(default="", repr=False)
    """HTTP address asked for the customer, `{number}` standing for the caller's; empty = only the contact store."""
    deadline: float = 2.0
    """Seconds to wait for it."""


@dataclass(frozen=True)
class System:
    """The machine and what surrounds it. The file may be missing, and so may each key."""

    listen: tuple[str, ...] = ("127.0.0.1",)
    """Address to listen on, or a list of them; `::` is every address of IPv6 and IPv4, `0.0.0.0` every one of IPv4.
    Anything but loopback is refused while demo passwords stand."""
    language: str = "en"
    """Language of prompts where neither tree nor caller says another, and of what people read at the terminal and on pages:
    `en` or `zh`. `SHOAL_LANGUAGE` at the terminal and `?language=` on a page go before it."""
    time_zone: str = "UTC"
    """IANA time zone of opening hours and report days."""
    sip: Sip = field(default_factory=Sip)
    """The telephone side."""
    guard: GuardRules = field(default_factory=GuardRules)
    """How much strangers may ask, and who is heard no more."""
    http: Http = field(default_factory=Http)
    """Pages, REST, CTI."""
    phone: Phone = field(default_factory=Phone)
    """The phone in a browser."""
    media: Media = field(default_factory=Media)
    """Voice."""
    overload: Overload = field(default_factory=Overload)
    """When new calls are refused."""
    store: Store = field(default_factory=Store)
    """Journal, records, recordings."""
    mqtt: Mqtt = field(default_factory=Mqtt)
    """Events for an MQTT broker."""
    lookup: Lookup = field(default_factory=Lookup)
    """Who is calling?"""
    speech: SpeechRules = field(default_factory=SpeechRules)
    """How texts in prompts become sounds."""
    supervision: Supervision = field(default_factory=Supervision)
    """Whether supervisors who come into a talk are announced, where the queue does not say otherwise."""
    thresholds: Thresholds = field(default_factory=Thresholds)
    """When figures are amber or red on the wallboard, where the queue does not say otherwise."""
    reasons: dict[str, str] = field(default_factory=lambda: dict(REASONS))
    """Why agents are not ready, for them to choose from: codes, each with the words that people read. Reports add the time
    up by code."""
    drain: float = 0.0
    """Seconds for which SIGTERM lets calls go on: no new ones are taken (503, and `/health/ready` says so), and the switch
    stops when the last has ended, or this is over, or it is told a second time. 0 = everybody is hung up on at once. Ctrl-C
    never waits. `TimeoutStopSec` of systemd, and `docker stop --time`, must be longer than this."""
    watch: bool = True
    """Whether files of this folder are published as soon as they are saved; `false` = only by `shoal reload`."""


@dataclass(frozen=True)
class User:
    """A person who works here."""

    rules: AgentRules
    password: str = field(repr=False)
    """Password of the phone and of the CTI client."""
    role: str = "agent"
    """`agent`; `supervisor`, who sees and orders everything of their team; or `quality`, who finds, hears and judges the
    team's contacts and gives no orders."""
    auto_answer: bool = False
    """Whether the phone may be told to pick up by itself (Call-Info answer-after=0)."""
    allow_redirect: bool = False
    """Whether the phone may send its calls on (302) to another agent or to a phone at an address of its own, five at
    most; otherwise that is a refusal. Numbers outside are never dialled for it."""
    mailbox: str = ""
    """The voice mailbox whose lamp is lit on this phone, also if the phone does not ask for it; empty = a phone that asks
    is told of the boxes of its number and of its queues."""


@dataclass(frozen=True)
class ServiceNumber:
    """A number that callers dial."""

    number: str
    """The dialled number; the key of the entry."""
    to: str
    """Where it leads: `tree:NAME`, `queue:NAME`, `extension:NUMBER`, `voicemail:BOX`, `outside:NUMBER`."""
    hours: str = ""
    """Its opening hours: a name in `hours.yaml`; empty = always open."""
    closed_to: str = "goodbye"
    """Where calls go when it is closed: `tree:NAME`, `queue:NAME`, `extension:NUMBER`, `voicemail:BOX`, `outside:NUMBER`
    or `goodbye`."""
    closed_prompt: tuple[QueuePrompt, ...] = ()
    """What is heard first then; a prompt with a value that nobody knows is left out. Empty = nothing, but `closed-now`
    before `goodbye`."""


@dataclass(frozen=True)
class Settings:
    """All of it, immutable; a reload makes another one."""

    folder: Path
    system: System
    users: dict[str, User]
    queues: dict[str, QueueRules]
    numbers: dict[str, ServiceNumber]
    trees: dict[str, Tree]
    outside: Outside = field(default_factory=Outside)
    hours: dict[str, Calendar] = field(default_factory=dict)
    """Opening hours, by name, with the events of their holiday files."""
    followups: Followups = field(default_factory=Followups)
    quality: Quality = field(default_factory=Quality)
    prompts: Prompts = field(default_factory=Prompts, compare=False, repr=False)
    """The sounds: own recordings, shipped ones, rendered texts."""
