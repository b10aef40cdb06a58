"""What operations say of follow-ups: ``config/followups.yaml``. The sentence under a field documents it."""

from dataclasses import dataclass, field

KINDS = ("sms", "webhook")
FACTS = ("caller", "caller_name", "called", "queue", "agent", "tree", "score", "contact")
"""What a text may say of every contact, besides the digits that were typed in its trees."""
SENT = ("to", "text", "id", "rule", "at")
"""What a sender knows of every follow-up, besides the facts."""


@dataclass(frozen=True)
class Secret:
    """A word that must not stand in this file: exactly one of the two. It is read anew for each sending."""

    file: str = ""
    """A file that holds it, relative to the folder that holds `config/`."""
    environment: str = ""
    """A variable of the switch's environment that holds it."""
    line: int = field(default=0, compare=False, repr=False)


@dataclass(frozen=True)
class Sender:
    """How follow-ups leave the house: with `url`, as HTTP requests; else as lines of JSON in a file. Redirections are never
    followed. Each carries its id in `Idempotency-Key`: after a crash the last ones may be sent again, with the same id."""

    url: str = field(default="", repr=False)
    """HTTP address, `https://...`; `{name}` stands for a value. Empty = into `file`."""
    file: str = "var/followups.jsonl"
    """The file, relative to the folder that holds `config/`."""
    method: str = "POST"
    """`POST`, `PUT` or `GET`."""
    headers: dict[str, str] = field(default_factory=dict, repr=False)
    """Header lines; `{name}` stands for a value or a secret."""
    body: dict[str, str] = field(default_factory=dict, repr=False)
    """Fields of the body; `{name}` stands for `to`, `text`, `id`, `rule`, `at`, a fact of the contact, or a secret. A point
    in a name leads deeper: `message.to`. Empty = all that is known, without secrets."""
    encoding: str = "json"
    """`json`, or `form` (application/x-www-form-urlencoded)."""
    secrets: dict[str, Secret] = field(default_factory=dict)
    """Secrets by the name under which headers, body and address know them."""
    timeout: float = 5.0
    """Seconds to wait for the answer."""
    expect: tuple[int, ...] = (200, 201, 202, 204)
    """Which statuses mean that it was taken. 400, 410, 413 and 422 mean that it never will be; all others, that it is to be
    tried again."""
    pause: float = 10.0
    """Seconds before the first new try; doubled with each, up to 10 minutes."""
    give_up: float = 24.0
    """Hours after which it is tried no more, and told as failed."""


@dataclass(frozen=True)
class When:
    """What must be true of a contact, when it has ended: all that is given."""

    chose: str = ""
    """The caller took an option that leads here: `announcement:branches`, `queue:support`, `menu:billing` ..."""
    tree: str = ""
    """The caller came through this tree; with `chose` or `gave_up_in`, it was in this tree."""
    gave_up_in: str = ""
    """The caller hung up in this menu."""
    abandoned: str = ""
    """The caller hung up while waiting in this queue."""
    talked: str = ""
    """An agent of this queue talked with the caller."""
    outcome: str = ""
    """An agent said this of the contact, in the talk or in after-call work: a code of the queue's `outcomes`. It is sent
    when that is said and the call has ended, once, whatever is said later."""
    score_at_most: float | None = None
    """The caller answered the survey, and the mean of the scores is this or less."""


@dataclass(frozen=True)
class Rule:
    """What is sent when."""

    when: When
    """When it is sent."""
    send: str = "sms"
    """`sms`: a text to the caller, whose number must take one; `webhook`: a message to the sender, about the caller."""
    by: str = ""
    """The sender; empty = the file."""
    text: str = ""
    """What it says; `{name}` stands for a fact: `caller`, `caller_name`, `called`, `queue`, `agent`, `tree`, `score`,
    `contact`, or digits that were typed in a tree."""
    languages: dict[str, str] = field(default_factory=dict)
    """The text for callers of other languages: `{zh: "..."}`."""
    quiet: str = ""
    """When nothing is sent, `21:00-08:00`, in the time zone of `shoal.yaml`: it waits until then. Empty = never."""
    once_in: float = 24.0
    """Hours within which a caller gets it once at most; 0 = each time."""


@dataclass(frozen=True)
class Followups:
    """Follow-ups after the call. The file may be missing."""

    mobiles: tuple[str, ...] = ()
    """Beginnings of the numbers that take texts: `["+861", "+4915", "+4917"]`. Empty = every whole number (E.164)."""
    senders: dict[str, Sender] = field(default_factory=dict)
    """Senders by name. `file` is there without being written: the file of the defaults."""
    rules: dict[str, Rule] = field(default_factory=dict)
    """Rules by name."""

    def sender(self, name: str) -> Sender | None:
        """The sender of this name (empty = ``file``); None = there is none, any more."""
        return self.senders.get(name or "file") or (Sender() if name in ("", "file") else None)
