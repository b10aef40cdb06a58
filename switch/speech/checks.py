"""Do the engines of ``shoal.yaml`` and the prompts of queues make sense? Part of :mod:`switch.checks`."""

from collections.abc import Iterator
from urllib.parse import urlsplit

from ivr.texts import gap_faults, variables
from switch.acd.rules import QueuePrompt
from switch.mistakes import Mistake, suggest
from switch.places import At
from switch.settings import Settings
from switch.speech.engines import BUILT_IN
from switch.speech.rules import Engine, Request, SpeechRules
from switch.speech.texts import as_prompts

KNOWS = {"announcement": ("position", "wait"), "closed_prompt": ("date", "day", "time")}
"""What prompts may speak, by the key under which they stand."""


def mistakes(rules: SpeechRules, at: At) -> Iterator[Mistake]:
    """All of them; ``at`` makes them for a key of ``speech``."""
    known = {*BUILT_IN, *rules.engines}
    if rules.engine not in known:
        yield at("engine")(f"there is no engine `{rules.engine}`", suggest(rules.engine, known))
    for name, engine in rules.engines.items():
        yield from _engine(name, engine, at)


def _engine(name: str, engine: Engine, at: At) -> Iterator[Mistake]:
    if bool(engine.command) == (engine.http is not None):
        what = "a command and a request" if engine.command else "neither a command nor a request"
        yield at("engines", name)(f"the engine `{name}` is {what}", "write `command: [PROGRAM, ...]` or `http: {url: ...}`")
    if any("{secret}" in part for part in engine.command):
        yield at("engines", name, "command")("whoever looks at the list of processes sees the secret",
                                             "let the program read it from its environment")
    if engine.http is not None:
        yield from _request(name, engine.http, at)


def _request(name: str, request: Request, at: At) -> Iterator[Mistake]:
    place = ("engines", name, "http")
    try:
        parts = urlsplit(request.url)
        right = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        right = False
    if not right and request.url:
        yield at(*place, "url")(f"`{request.url}` is no web address", "write `http://...` or `https://...`")
    written = (request.url, request.body, *request.headers.values())
    if not any("{text}" in text for text in written):
        yield at(*place)(f"the engine `{name}` is not told the text", "write `{text}` into `body` or `url`")
    if request.body and request.method != "POST":
        yield at(*place, "body")(f"a body goes with POST, not {request.method}", "write `method: POST`")
    secret = request.secret
    if secret is None and any("{secret}" in text for text in written):
        yield at(*place)("nobody says what the secret is", "write `secret: {environment: NAME}` or `secret: {file: PATH}`")
    if secret is not None and bool(secret.environment) == bool(secret.file):
        yield at(*place, "secret")("a secret is found in one place", "write either `environment: NAME` or `file: PATH`")


def prompts(settings: Settings, said: QueuePrompt | tuple[QueuePrompt, ...], at: At, *place: str) -> Iterator[Mistake]:
    """What a queue or a number says under the key at the end of this place: everything can be said."""
    sounds, language, key = settings.prompts, settings.system.language, place[-1]
    for index, prompt in enumerate(as_prompts(said)):
        here = at(*place, str(index)) if isinstance(said, tuple) else at(*place)
        if bool(prompt.sound) == bool(prompt.text):
            yield here("a prompt says one thing", "write either `sound: NAME` or `text: ...`")
        elif prompt.sound:
            tongue = prompt.language or language
            if not sounds.sound(prompt.sound, tongue):
                yield here(f"there is no sound `{prompt.sound}`", f"put `{prompt.sound}.wav` into `prompts/{tongue}/`; "
                           + suggest(prompt.sound, sounds.names(tongue)))
        else:
            yield from (here(*fault) for fault in gap_faults(prompt.text))
            known = KNOWS.get(key, ())
            if strange := [gap for gap in variables(prompt.text) if gap not in known]:
                instead = "write " + " or ".join(f"`{{{each}}}`" for each in known) if known else "leave it out"
                yield here(f"nobody knows `{strange[0]}` here", instead)
            if sounds.missing([prompt], language):
                yield here(*sounds.fault(prompt, language))
