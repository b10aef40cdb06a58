"""What operations say of queues and agents; the YAML of ``config/queues.yaml`` and ``config/agents.yaml`` has these
fields.

The sentence under a field is its documentation for operations: what it means, its unit. All durations are seconds.
"""

from dataclasses import dataclass, field
from typing import ClassVar

AT_CLOSING = ("keep", "lead_away")
STRATEGIES = (
    "longest_idle", "fewest_calls", "least_talk_time", "round_robin", "linear", "ring_all", "random",
)


@dataclass(frozen=True)
class Overflow:
    """When a queue gives its callers away."""

    to: str
    """Where to: `queue:NAME`, `extension:NUMBER`, `voicemail:BOX`, `outside:NUMBER`
    or `goodbye`."""
    after: float | None = None
    """Seconds of waiting after which a caller overflows; none = only when the queue is full or nobody is there."""


@dataclass(frozen=True)
class Survey:
    """What callers of the queue are asked when their agent has hung up. A plain word is short for `{tree: word}`. Who is
    transferred is asked after the last talk; who hangs up first, or was cut off, is not asked."""

    SHORTHAND: ClassVar[str] = "tree"

    tree: str
    """The survey: a tree with questions."""
    languages: dict[str, str] = field(default_factory=dict)
    """Surveys for callers of other languages: `{zh: survey-zh}`."""
    percent: int = 100
    """Percentage of these callers who are asked, by chance."""
    longest: float = 120.0
    """Seconds after which the survey is ended, wherever it is."""
    tell_agents: bool = False
    """Whether agents see their own scores, too, and not only supervisors."""


@dataclass(frozen=True)
class Supervision:
    """Whether people hear a sign when a supervisor comes into their talk: `announced` or `silent`, by what the supervisor
    does there. Agents are also told on their screens of what is announced, and of all in which they hear the supervisor."""

    monitor: str = "silent"
    """The supervisor listens."""
    whisper: str = "silent"
    """The supervisor is heard by the agent alone; so is the sign."""
    barge: str = "announced"
    """The supervisor is heard by everybody."""
    take_over: str = "announced"
    """The supervisor has the caller, the agent is out."""
    sound: str = "beep"
    """The sign: a tone, or a sentence; an own recording in `config/prompts/<language>/`, or a shipped sound."""


@dataclass(frozen=True)
class Thresholds:
    """From when on a figure of a queue is amber, and red, on the wallboard. Red does not come before amber; the same value
    for both leaves amber out."""

    waiting_amber: int = 3
    """Callers who wait."""
    waiting_red: int = 8
    """Callers who wait."""
    wait_amber: float = 30.0
    """Seconds that the one who waits longest has waited."""
    wait_red: float = 90.0
    """Seconds that the one who waits longest has waited."""
    level_amber: float = 80.0
    """Percent of today's callers answered in time (`service_level`); amber below it."""
    level_red: float = 60.0
    """The same; red below it."""


@dataclass(frozen=True)
class QueuePrompt:
    """Something that a queue, or a number, says. A plain word is short for `{sound: word}`; exactly one of `sound` and
    `text` is given."""

    SHORTHAND: ClassVar[str] = "sound"

    sound: str = ""
    """Name of a sound: an own recording in `config/prompts/<language>/`, or one that is shipped."""
    text: str = ""
    """Words to be spoken, as in a tree. In an `announcement`, `{position}` and `{wait}` are what the caller is told; in a
    `closed_prompt`, `{date}`, `{day}` (without the year) and `{time}` say when it opens again."""
    language: str = ""
    """The language in which this is said; empty = for a sound that of the caller, for a text that of `shoal.yaml`."""
    voice: str = ""
    """The voice of the text, by the engine's name for it; empty = that of `speech` in `shoal.yaml`."""
    engine: str = ""
    """The engine that speaks the text; empty = that of `speech`."""
    line: int = field(default=0, compare=False, repr=False)


@dataclass(frozen=True)
class QueueRules:
    """One queue."""

    name: str = ""
    """The queue's name; the key of its entry in the file."""
    strategy: str = "longest_idle"
    """Who of several free agents is offered the call: longest_idle, fewest_calls, least_talk_time, round_robin, linear,
    ring_all, random."""
    skills: dict[str, int] = field(default_factory=dict)
    """Skills that an agent must have, each with the least level (1-10)."""
    ring_time: float = 20.0
    """Seconds that an agent's phone rings before the caller is offered to somebody else."""
    retry: float = 1.0
    """Seconds between an offer that failed and the next one for the same caller."""
    wrap_up: float = 10.0
    """Seconds of after-call work that an agent gets after each talk; 0 = none."""
    max_size: int = 100
    """Callers who may wait at once; one more overflows as `full`."""
    max_wait: float | None = None
    """Seconds after which a caller leaves as `timeout`; none = no limit."""
    join_when_empty: bool = True
    """Whether a caller may join while nobody is logged in."""
    leave_when_empty: bool = False
    """Whether waiting callers leave as `no_agents` when the last agent logs out."""
    exit_key: str = ""
    """The digit with which a waiting caller leaves the queue; empty = none."""
    exit_to: str = "goodbye"
    """Where the exit key leads: `queue:NAME`, `extension:NUMBER`, `voicemail:BOX`, `outside:NUMBER`
    or `goodbye`."""
    overflow: Overflow | None = None
    """Where callers go who can not or should not wait here."""
    priority: int = 0
    """Priority that its callers begin with; the higher is served first."""
    ageing: float = 60.0
    """Seconds of waiting that count as much as one point of priority; 0 = priority never ages."""
    announce_every: float = 30.0
    """Seconds between announcements of position and expected wait; 0 = none."""
    announce_first: float = 5.0
    """Seconds from joining to the first announcement."""
    music: QueuePrompt = QueuePrompt("music")
    """What callers hear while they wait, over and over: a sound, or a text."""
    service_level: float = 20.0
    """Seconds within which a call should be answered; the T of service_level(T)."""
    handling_time: float = 180.0
    """Seconds that a call is thought to take until real ones have been seen; feeds the expected wait."""
    record: int = 100
    """Percentage of its talks that are recorded."""
    keep_days: int = 90
    """Days after which a recording is deleted; 0 = never."""
    recording_notice: tuple[QueuePrompt, ...] = ()
    """What the caller hears before the first ring, saying that the call is recorded; empty = nothing."""
    announcement: tuple[QueuePrompt, ...] = ()
    """What is said of position and expected wait, over the music; a prompt with a value that nobody knows yet is left out.
    Empty = the shipped sounds."""
    outcomes: dict[str, str] = field(default_factory=dict)
    """What came of a talk, for its agents to choose from in after-call work: codes, each with the words that people read;
    none = nothing is asked."""
    survey: Survey | None = None
    """What its callers are asked after the talk; none = nothing."""
    supervision: Supervision | None = None
    """Whether supervisors in its talks are announced; none = as `shoal.yaml` says."""
    thresholds: Thresholds | None = None
    """When its figures are amber or red on the wallboard; none = as `shoal.yaml` says."""
    hours: str = ""
    """Its opening hours: a name in `hours.yaml`; empty = always open."""
    closed_to: str = "goodbye"
    """Where callers go when it is closed: `queue:NAME`, `extension:NUMBER`, `voicemail:BOX`, `outside:NUMBER`
    or `goodbye`."""
    closed_prompt: tuple[QueuePrompt, ...] = ()
    """What they hear first then; a prompt with a value that nobody knows is left out. Empty = nothing, but `closed-now`
    before `goodbye`."""
    at_closing: str = "keep"
    """What becomes of callers who wait already when it closes: `keep` = they keep their places and are served;
    `lead_away` = they go where callers of a closed queue go, but for those whose agent's phone rings."""


@dataclass(frozen=True)
class AgentRules:
    """One agent."""

    number: str = ""
    """The agent's number: phone user, CTI user, extension; the key of the entry in the file."""
    name: str = ""
    """The agent's name, as shown on screens."""
    queues: dict[str, int] = field(default_factory=dict)
    """Queues that the agent serves, each with its tier: tier 1 is asked before tier 2."""
    skills: dict[str, int] = field(default_factory=dict)
    """Skills, each with its level (1-10)."""
    team: str = ""
    """The team, for supervisors."""
