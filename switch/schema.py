"""What the types of the settings do not say: units, limits, choices, and which field is the key of its entry.

The dataclasses stay plain, so that the rooms can use them without knowing of files; reader and manual both look here.
"""

from dataclasses import dataclass

from ivr import tree
from media.sdp import CODECS, MODES
from switch import settings
from switch.acd import rules
from switch.followups import rules as followups
from switch.hours.rules import Hours
from switch.quality import rules as quality
from switch.sip.digest import ALGORITHMS
from switch.sip.guard import GuardRules
from switch.speech import rules as speech
from switch.trunks import rules as trunks


@dataclass(frozen=True)
class Limit:
    """What a value may be. For a mapping or a list it holds for each value in it."""

    least: float | None = None
    most: float | None = None
    unit: str = ""
    """s, h, days, %; empty = a plain number or a word."""
    choices: tuple[str, ...] = ()
    secret: bool = False
    """Whether no mistake may repeat the value."""

    def __str__(self) -> str:
        """As the manual writes it: ``0 to 100``, ``at least 1``, ``longest_idle, linear``."""
        if self.choices:
            return ", ".join(f"`{choice}`" for choice in self.choices)
        if self.least is not None and self.most is not None:
            return f"{self.least:g} to {self.most:g}"
        return "" if self.least is None else f"at least {self.least:g}"

    def holds(self, value: float) -> bool:
        return (self.least is None or value >= self.least) and (self.most is None or value <= self.most)


SECONDS = Limit(0, unit="s")
SOME_SECONDS = Limit(0.1, unit="s")
PORT = Limit(1, 65535)
LEVEL = Limit(1, 10)
PRIORITY = Limit(-1000, 1000)


def is_secret(kind: type, name: str) -> bool:
    """Whether this field may hold a password or a token: what prints no such field (``repr=False``) tells it nowhere."""
    return name != "line" and not kind.__dataclass_fields__[name].repr


KEYS: dict[type, str] = {
    rules.QueueRules: "name", rules.AgentRules: "number", settings.ServiceNumber: "number",
    tree.Tree: "name", Hours: "name",
}
"""The field that is the key of the entry (of a tree: the name of its file) and is therefore not written inside it."""

FLAT = {(settings.User, "rules")}
"""Fields whose own fields are written beside the others, not below them."""

LIMITS: dict[tuple[type, str], Limit] = {
    (settings.Sip, "port"): PORT,
    (settings.Sip, "tls_port"): Limit(0, 65535),
    (settings.Sip, "connections"): Limit(1, 60000),
    (settings.Sip, "connections_of_one_source"): Limit(1, 60000),
    (settings.Tls, "clients"): Limit(choices=("ask", "require", "no")),
    (settings.Tls, "oldest"): Limit(choices=("1.2", "1.3")),
    (settings.Sip, "digest"): Limit(choices=ALGORITHMS),
    (settings.Sip, "t1"): Limit(0.05, 5, "s"),
    (settings.Sip, "dscp"): Limit(0, 63),
    (settings.Sip, "ring_limit"): Limit(1, 3600, "s"),
    (settings.Sip, "register_expires"): Limit(60, 86400, "s"),
    (settings.Sip, "register_least"): Limit(1, 86400, "s"),
    (settings.Sip, "session_expires"): Limit(0, 86400, "s"),
    (settings.Sip, "min_se"): Limit(90, 86400, "s"),
    (settings.Sip, "subscribe_expires"): Limit(60, 86400, "s"),
    (settings.Sip, "subscribe_least"): Limit(1, 3600, "s"),
    (settings.Sip, "subscriptions_per_user"): Limit(1, 10000),
    (settings.Sip, "subscriptions_per_source"): Limit(1, 1000000),
    (GuardRules, "rate"): Limit(1, 100_000), (GuardRules, "burst"): Limit(10, 1_000_000),
    (GuardRules, "strangers"): Limit(1, 100_000), (GuardRules, "half_open"): Limit(1, 100_000),
    (GuardRules, "calls_per_source"): Limit(1, 100_000), (GuardRules, "transactions"): Limit(100, 1_000_000),
    (GuardRules, "bindings_per_user"): Limit(1, 100), (GuardRules, "strikes"): Limit(1, 1000),
    (GuardRules, "user_strikes"): Limit(1, 1000), (GuardRules, "forget_strike"): Limit(1, 86400, "s"),
    (GuardRules, "first_ban"): Limit(1, 86400, "s"), (GuardRules, "longest_ban"): Limit(1, 31_536_000, "s"),
    (GuardRules, "forgive_step"): Limit(1, 31_536_000, "s"),
    (settings.Http, "port"): PORT,
    (settings.Http, "tls_port"): Limit(0, 65535),
    (settings.Http, "token_hours"): Limit(0.1, 8760, "h"),
    (settings.Phone, "comeback"): Limit(0, 120, "s"), (settings.System, "drain"): Limit(0, 3600, "s"),
    (settings.Media, "first_port"): Limit(1024, 65534),
    (settings.Media, "last_port"): Limit(1025, 65535),
    (settings.Media, "workers"): Limit(0, 64),
    (settings.Media, "real_time"): Limit(choices=("auto", "off")),
    (settings.Media, "silence_after"): SOME_SECONDS,
    (settings.Media, "dscp"): Limit(0, 63),
    (settings.Media, "srtp"): Limit(choices=MODES),
    (settings.Media, "timeout"): Limit(0, 86400, "s"),
    (settings.Media, "poor_below"): Limit(0, 4.4),
    (settings.Media, "codecs"): Limit(choices=CODECS),
    (settings.Overload, "frame_late"): Limit(0, 1, "s"),
    (settings.Overload, "media_busy"): Limit(0, 1),
    (settings.Overload, "loop_lag"): Limit(0, 10, "s"),
    (settings.Overload, "retry_after"): Limit(1, 3600, "s"),
    (settings.Store, "trace"): Limit(choices=("ladder", "off")),
    (settings.Store, "trace_days"): Limit(0, unit="days"),
    (settings.Store, "versions"): Limit(1, 100_000),
    (settings.Store, "versions_days"): Limit(0, unit="days"),
    (settings.Mqtt, "port"): PORT,
    (settings.Lookup, "deadline"): Limit(0.1, 10, "s"),
    (speech.SpeechRules, "rate"): Limit(80, 450),
    (speech.SpeechRules, "timeout"): Limit(1, 600, "s"),
    (speech.SpeechRules, "at_once"): Limit(1, 32),
    (speech.Request, "method"): Limit(choices=("GET", "POST")),
    (settings.User, "role"): Limit(choices=("agent", "supervisor", "quality")),
    (rules.Overflow, "after"): SECONDS,
    (rules.QueueRules, "strategy"): Limit(choices=rules.STRATEGIES),
    (rules.QueueRules, "skills"): LEVEL,
    (rules.QueueRules, "at_closing"): Limit(choices=rules.AT_CLOSING),
    (rules.Thresholds, "waiting_amber"): Limit(0), (rules.Thresholds, "waiting_red"): Limit(0),
    (rules.Thresholds, "wait_amber"): SECONDS, (rules.Thresholds, "wait_red"): SECONDS,
    (rules.Thresholds, "level_amber"): Limit(0, 100, "%"), (rules.Thresholds, "level_red"): Limit(0, 100, "%"),
    **{(rules.Supervision, kind): Limit(choices=("silent", "announced"))
       for kind in ("monitor", "whisper", "barge", "take_over")},
    (rules.QueueRules, "ring_time"): Limit(1, 300, "s"),
    (rules.QueueRules, "retry"): SECONDS,
    (rules.QueueRules, "wrap_up"): SECONDS,
    (rules.QueueRules, "max_size"): Limit(0),
    (rules.QueueRules, "max_wait"): Limit(1, unit="s"),
    (rules.QueueRules, "priority"): PRIORITY,
    (rules.QueueRules, "ageing"): SECONDS,
    (rules.QueueRules, "announce_every"): SECONDS,
    (rules.QueueRules, "announce_first"): SECONDS,
    (rules.QueueRules, "service_level"): Limit(1, unit="s"),
    (rules.QueueRules, "handling_time"): Limit(1, unit="s"),
    (rules.QueueRules, "record"): Limit(0, 100, "%"),
    (rules.QueueRules, "keep_days"): Limit(0, unit="days"),
    (rules.Survey, "percent"): Limit(0, 100, "%"),
    (rules.Survey, "longest"): Limit(10, 600, "s"),
    (rules.AgentRules, "queues"): Limit(1, 100),
    (rules.AgentRules, "skills"): LEVEL,
    (followups.Sender, "method"): Limit(choices=("POST", "PUT", "GET")),
    (followups.Sender, "encoding"): Limit(choices=("json", "form")),
    (followups.Sender, "timeout"): Limit(0.1, 60, "s"),
    (followups.Sender, "expect"): Limit(200, 299),
    (followups.Sender, "pause"): Limit(0.1, 600, "s"),
    (followups.Sender, "give_up"): Limit(0.01, 720, "h"),
    (followups.When, "score_at_most"): Limit(1, 5),
    (followups.Rule, "send"): Limit(choices=followups.KINDS),
    (followups.Rule, "once_in"): Limit(0, 8760, "h"),
    (quality.Question, "most"): Limit(1, 100),
    (quality.Question, "weight"): Limit(0, 1000),
    (quality.Section, "weight"): Limit(0, 1000),
    (quality.Form, "pass_mark"): Limit(0, 100),
    (trunks.Reading, "bare"): Limit(choices=trunks.BARE),
    (trunks.Writing, "form"): Limit(choices=trunks.FORMS),
    (trunks.Registration, "port"): Limit(0, 65535),
    (trunks.Registration, "expires"): Limit(60, 86400, "s"),
    (trunks.Probe, "every"): SECONDS,
    (trunks.Probe, "down_after"): Limit(1),
    (trunks.Probe, "up_after"): Limit(1),
    (trunks.Trunk, "port"): Limit(0, 65535),
    (trunks.Trunk, "transport"): Limit(choices=("udp", "tcp", "tls")),
    (trunks.Trunk, "answers_within"): Limit(0, 32, "s"),
    (trunks.Trunk, "calls"): Limit(0),
    (trunks.Trunk, "calls_per_second"): Limit(0),
    (trunks.Share, "priority"): Limit(1, 100),
    (trunks.Share, "weight"): Limit(0, 10000),
    (trunks.Allowance, "calls_per_day"): Limit(0),
    (trunks.Allowance, "minutes_per_day"): Limit(0),
    (trunks.Allowance, "at_once"): Limit(0),
    (trunks.Spike, "calls"): Limit(0),
    (trunks.Spike, "within"): Limit(1, unit="s"),
    (trunks.Spike, "pause"): Limit(1, unit="s"),
    (trunks.Toll, "longest_call"): Limit(1, unit="s"),
    (tree.Destination, "priority"): PRIORITY,
    (tree.Destination, "skills"): LEVEL,
    (tree.Miss, "repeat"): Limit(0),
    (tree.Menu, "wait"): SECONDS,
    (tree.Collection, "least"): Limit(1),
    (tree.Collection, "most"): Limit(1),
    (tree.Collection, "wait"): SECONDS,
    (tree.Collection, "retries"): Limit(0),
    (tree.Lookup, "deadline"): SECONDS,
    (tree.Question, "scores"): Limit(1, 5),
    (tree.Question, "wait"): SECONDS,
    (tree.Question, "retries"): Limit(0, 3),
    (tree.Tree, "keep_days"): Limit(0, unit="days"),
}
"""Every number of the settings has an entry here (a test asks for it)."""
