"""Do the follow-ups fit? Their rules name trees, menus and queues that exist, texts only what is known, and no secret stands
in the file itself."""

import re
from collections.abc import Callable, Iterator, Mapping
from urllib.parse import urlsplit

from ivr.ways import nodes, onward
from switch.followups.deciding import GAP
from switch.followups.rules import FACTS, SENT, Rule, Sender
from switch.followups.texts import length
from switch.hours.rules import spans
from switch.mistakes import Mistake, suggest
from switch.settings import Settings

FOLLOWUPS = "followups.yaml"
MOST_PARTS = 6
BRACE = re.compile(r"\{\w+\}|([{}])")
CREDENTIAL = re.compile(r"authorization|cookie|token|secret|password|api-?key", re.IGNORECASE)
At = Callable[..., Callable[[str, str], Mistake]]


def followup_mistakes(settings: Settings, at: At) -> Iterator[Mistake]:
    """``at(file, *place)`` makes mistakes for a place in the file."""
    followups = settings.followups
    for index, prefix in enumerate(followups.mobiles):
        if not re.fullmatch(r"\+[1-9][0-9]*", prefix):
            yield at(FOLLOWUPS, "mobiles", str(index))(
                f"`{prefix}` begins no number", 'write it with its country: `"+4917"`')
    for name, sender in followups.senders.items():
        yield from _sender(sender, lambda *place, name=name: at(FOLLOWUPS, "senders", name, *place), settings)
    for name, rule in followups.rules.items():
        yield from _rule(settings, rule, lambda *place, name=name: at(FOLLOWUPS, "rules", name, *place))


def _sender(sender: Sender, at: At, settings: Settings) -> Iterator[Mistake]:
    known = {*FACTS, *SENT, *_typed(settings)[0], *sender.secrets}
    if sender.url and not _is_url(sender.url):
        yield at("url")("this is no web address", "write `https://...`, without a password: put it into `secrets`")
    for place, templates in (("headers", sender.headers), ("body", sender.body), ("url", {"": sender.url})):
        for key, template in templates.items():
            yield from _gaps(template, known, at(place, key) if key else at(place))
    for key, value in sender.headers.items():
        if CREDENTIAL.search(key) and not any(gap in sender.secrets for gap in GAP.findall(value)):
            yield at("headers", key)(f"`{key}` would hold a secret that everybody reads here",
                                     "write `{token}`, and `secrets: {token: {environment: NAME}}` or `{file: PATH}`")
    for key, secret in sender.secrets.items():
        if bool(secret.file) == bool(secret.environment):
            yield at("secrets", key)(f"secret `{key}` must come from one place",
                                     "write `{environment: NAME}` or `{file: PATH}`")
        if key in FACTS or key in SENT:
            yield at("secrets", key)(f"`{key}` is something else already", "choose another name")


def _is_url(url: str) -> bool:
    try:
        parts = urlsplit(GAP.sub("x", url))
        return parts.scheme in ("http", "https") and bool(parts.hostname) and not parts.password and (parts.port or 1) > 0
    except ValueError:
        return False


def _rule(settings: Settings, rule: Rule, at: At) -> Iterator[Mistake]:
    when, trees = rule.when, settings.trees
    given = (when.chose, when.tree, when.gave_up_in, when.abandoned, when.talked, when.outcome)
    if not any(given) and when.score_at_most is None:
        yield at("when")("it would be sent after every call", "write `chose: announcement:NAME`, or another condition")
    asked = {when.tree: trees[when.tree]} if when.tree in trees else trees
    if when.tree and (when.tree not in trees or trees[when.tree].is_survey):
        yield at("when", "tree")(f"callers come through no tree `{when.tree}`", suggest(when.tree, trees))
    ways = {str(there) for tree in asked.values() for node in nodes(tree).values()
            for key, there in onward(node) if key.startswith("options.")}
    if when.chose and when.chose not in ways:
        yield at("when", "chose")(f"no option leads to `{when.chose}`", suggest(when.chose, ways))
    menus = {menu for tree in asked.values() for menu in tree.menus}
    if when.gave_up_in and when.gave_up_in not in menus:
        yield at("when", "gave_up_in")(f"there is no menu `{when.gave_up_in}`", suggest(when.gave_up_in, menus))
    for place in ("abandoned", "talked"):
        if (name := getattr(when, place)) and name not in settings.queues:
            yield at("when", place)(f"there is no queue `{name}`", suggest(name, settings.queues))
    codes = {code for name, queue in settings.queues.items() if when.talked in ("", name) for code in queue.outcomes}
    if when.outcome and when.outcome not in codes:
        yield at("when", "outcome")(f"no queue has the outcome `{when.outcome}`", suggest(when.outcome, codes))
    if settings.followups.sender(rule.by) is None:
        yield at("by")(f"there is no sender `{rule.by}`", suggest(rule.by, {*settings.followups.senders, "file"}))
    if rule.quiet and not _is_span(rule.quiet):
        yield at("quiet")(f"`{rule.quiet}` are no times", "write `21:00-08:00`")
    yield from _texts(settings, rule, at)


def _texts(settings: Settings, rule: Rule, at: At) -> Iterator[Mistake]:
    typed, secret = _typed(settings)
    texts: Mapping[tuple[str, ...], str] = {("text",): rule.text} | {
        ("languages", name): text for name, text in rule.languages.items()}
    if rule.send == "sms" and not rule.text:
        yield at("text")("the text says nothing", 'write `text: "..."`')
    for place, text in texts.items():
        if hidden := [gap for gap in GAP.findall(text) if gap in secret]:
            yield at(*place)(f"`{hidden[0]}` is typed as a secret", "leave it out")
        else:
            yield from _gaps(text, {*FACTS, *typed}, at(*place))
        if rule.send == "sms" and length(text).parts > MOST_PARTS:
            yield at(*place)(f"this is {length(text)} without its values", f"write at most {MOST_PARTS} SMS")


def _gaps(text: str, known: set[str], mistake: Callable[[str, str], Mistake]) -> Iterator[Mistake]:
    for gap in GAP.findall(text):
        if gap not in known:
            yield mistake(f"nothing is known as `{gap}`", suggest(gap, known))
    if any(BRACE.findall(text)):
        yield mistake("a brace belongs to no name", "write `{name}`")


def _typed(settings: Settings) -> tuple[set[str], set[str]]:
    """The names of digits that callers type; and those of secret ones."""
    every = [node for tree in settings.trees.values() for node in tree.collections.values()]
    secret = {node.name for node in every if node.secret}
    return {node.name for node in every} - secret, secret


def _is_span(text: str) -> bool:
    try:
        return len(spans((text,))) > 0
    except ValueError:
        return False


def text_lengths(settings: Settings) -> list[str]:
    """How long the texts are, for ``shoal check``."""
    found = []
    for name, rule in settings.followups.rules.items():
        for language, text in {"": rule.text, **rule.languages}.items() if rule.send == "sms" else ():
            where = f"{FOLLOWUPS}, {name} ({language})" if language else f"{FOLLOWUPS}, {name}"
            found.append(f"{where}: {length(text)} without its values")
    return found
