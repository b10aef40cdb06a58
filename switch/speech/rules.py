"""What operations say of speech: ``speech`` in ``shoal.yaml``."""

from dataclasses import dataclass, field

from switch.followups.rules import Secret

ESPEAK = "espeak-ng"


@dataclass(frozen=True)
class Request:
    """A speech service: one HTTP request a text, whose answer is a sound (WAV, or MP3 where `ffmpeg` is installed).
    `{text}`, `{voice}`, `{language}`, `{rate}` and `{secret}` are filled in, as it is right where they stand: in an address,
    in JSON, in a form."""

    url: str
    """The address."""
    method: str = "POST"
    """`GET` or `POST`."""
    headers: dict[str, str] = field(default_factory=dict)
    """Header lines, such as `Authorization: Bearer {secret}`."""
    body: str = ""
    """What is sent; JSON and forms are known by the header `Content-Type`."""
    secret: Secret | None = None
    """What stands for `{secret}`."""


@dataclass(frozen=True)
class Engine:
    """An engine of your own: either a command or a request."""

    command: tuple[str, ...] = ()
    """A program and its arguments, each as it is: no shell sees them. `{text}`, `{voice}`, `{language}`, `{rate}` and
    `{out}` (the file to write, WAV) are filled in. Without `{text}` the text comes by standard input; without `{out}` the
    sound is taken from standard output."""
    http: Request | None = None
    """A speech service on the network."""
    voice: dict[str, str] = field(default_factory=dict)
    """The voice of each language, by the engine's name for it."""


@dataclass(frozen=True)
class SpeechRules:
    """How texts become sounds. They are rendered when a configuration is published, never during a call, and kept in
    `var/cache/prompts/spoken/`; what is kept needs no engine."""

    engine: str = ESPEAK
    """`espeak-ng` or `piper` (programs that are installed beside the switch), or one of `engines`."""
    voice: dict[str, str] = field(default_factory=dict)
    """The voice of each language, by the engine's name for it, such as `{en: en-gb, zh: cmn}`; for `piper` the file of a
    model, from the folder that holds `config/`. espeak-ng speaks `en-gb` and `cmn` where nothing is said."""
    rate: int = 160
    """Words a minute, for engines that are told."""
    timeout: float = 30.0
    """Seconds that an engine may take for one text."""
    at_once: int = 4
    """Texts that are rendered at the same time."""
    engines: dict[str, Engine] = field(default_factory=dict)
    """Engines of your own, by name."""
