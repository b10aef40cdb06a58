"""Which texts a configuration wants spoken, and where each is written."""

from collections.abc import Iterator
from typing import NamedTuple

from ivr.texts import Saying
from ivr.tree import Prompt
from ivr.ways import nodes, prompts
from switch.acd.rules import QueuePrompt
from switch.settings import Settings

QUEUE_KEYS = ("recording_notice", "announcement", "closed_prompt", "music")
"""Where a queue has prompts."""


class Use(NamedTuple):
    """A prompt in its place."""

    place: str
    """``tree:main:menu:billing``"""
    file: str
    line: int
    prompt: Prompt
    language: str


def as_prompts(said: QueuePrompt | tuple[QueuePrompt, ...]) -> tuple[Prompt, ...]:
    """What a queue says, as a tree would say it."""
    said = (said,) if isinstance(said, QueuePrompt) else said
    return tuple(Prompt(each.sound, each.text, each.language, each.voice, each.engine, line=each.line) for each in said)


def uses(settings: Settings) -> Iterator[Use]:
    """Every prompt that may say a text."""
    for name, tree in settings.trees.items():
        file = f"ivr/{name}.yaml"
        for prompt in prompts(tree.person):
            yield Use(f"tree:{name}:person", file, prompt.line, prompt, tree.language)
        for here, node in nodes(tree).items():
            for prompt in prompts(node):
                yield Use(f"tree:{name}:{here.kind}:{here.name}", file, prompt.line, prompt, tree.language)
    for name, rules in settings.queues.items():
        for key in QUEUE_KEYS:
            for prompt in as_prompts(getattr(rules, key)):
                yield Use(f"queue:{name}:{key}", "queues.yaml", prompt.line, prompt, settings.system.language)
    for number, service in settings.numbers.items():
        for prompt in as_prompts(service.closed_prompt):
            yield Use(f"number:{number}:closed_prompt", "numbers.yaml", prompt.line, prompt, settings.system.language)


def sayings(settings: Settings) -> list[Saying]:
    """What must be rendered, in the order in which it is written."""
    return [saying for use in uses(settings) for saying in settings.prompts.unsaid([use.prompt], use.language)]
