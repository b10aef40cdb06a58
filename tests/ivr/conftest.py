"""A small language for walks: what the caller does, and behind ``<`` what the walk does next.

``start``, ``press 12#``, ``heard`` (the prompt was heard to its end), ``wait 5`` (seconds), ``found tier=gold``,
``not_found``, ``failed`` (the answer of the look-up); each is followed by every effect that it must have, in order.
"""

import pytest

from ivr import effects
from ivr.interpreter import Walk
from ivr.tree import Announcement, Branch, Collection, Destination, Lookup, Menu, Miss, Prompt, Tree


def sounds(*names: str) -> tuple[Prompt, ...]:
    return tuple(Prompt(sound=name) for name in names)


def spoken(effect: effects.Say) -> str:
    said = [prompt.sound or f"[{effect.variables.get(prompt.variable, '')}]" for prompt in effect.prompts]
    return f"say {' '.join(said)}"


def told(effect: effects.Effect) -> str:
    """One effect in words."""
    match effect:
        case effects.Say():
            return spoken(effect)
        case effects.Hush():
            return "hush"
        case effects.Entered(menu, level, kind):
            return f"{kind} {menu} on level {level}"
        case effects.Chose(menu, digit, leads_to):
            return f"chose {digit} in {menu}: {leads_to}"
        case effects.Missed(menu, why, digit):
            return f"missed {menu}: {why} {digit}".strip()
        case effects.Passed(kind, name, way, leads_to):
            return f"passed {kind} {name} by {way}: {leads_to}"
        case effects.Collected(name, value, secret):
            return f"collected {name}: {value}" + (" (secret)" if secret else "")
        case effects.Answered(question, score):
            return f"answered {question}: {score}"
        case effects.LookUp():
            return f"ask {effect.method} {effect.url}"
        case effects.LookedUp(node, outcome, seconds):
            return f"answer of {node}: {outcome} after {seconds:g}"
        case effects.Leave(destination, menu):
            return f"leave {menu} for {destination}"


class Call:
    """A walk, and a clock that stands still until somebody waits."""

    def __init__(self, tree: Tree, **variables: str) -> None:
        self.walk = Walk(tree, variables)
        self.now = 1000.0
        self.node = ""
        self.told: list[str] = []

    def read(self, script: str) -> None:
        """Play a dialogue."""
        for line in filter(None, map(str.strip, script.splitlines())):
            if line.startswith("<"):
                assert self.told, f"nothing is left, but expected: {line}"
                assert self.told.pop(0) == line.removeprefix("<").strip()
            else:
                assert not self.told, f"before {line!r} the walk also did: {self.told}"
                self.told = [told(effect) for effect in self.do(*line.split())]
        assert not self.told

    def do(self, verb: str, *words: str) -> list[effects.Effect]:
        done = []
        match verb:
            case "start":
                done = self.walk.start(self.now)
            case "press":
                done = [effect for digit in words[0] for effect in self.walk.press(digit, self.now)]
            case "heard":
                done = self.walk.played(self.walk.saying, self.now)
            case "wait":
                self.now += float(words[0])
                done = self.walk.wake(self.now)
            case "found" | "not_found" | "failed":
                values = dict(word.split("=") for word in words)
                done = self.walk.looked_up(self.node, verb, values, self.now)
        self.node = next((effect.node for effect in done if isinstance(effect, effects.LookUp)), self.node)
        return done


@pytest.fixture
def call():
    """Makes a :class:`Call` in a tree."""
    return Call


@pytest.fixture
def tree() -> Tree:
    """A tree with a node of every kind."""
    there = Destination
    return Tree(
        name="shop",
        person=there(queue="support"),
        menus={
            "main": Menu(
                prompts=sounds("welcome", "main-menu"),
                options={
                    "1": there(queue="sales", priority=2, skills={"english": 3}),
                    "2": there(collect="account"),
                    "3": there(announcement="hours"),
                    "4": there(menu="billing", prompts=sounds("going-to-billing")),
                    "5": there(goodbye=True, prompts=sounds("goodbye")),
                },
                silence=Miss(2, sounds("no-input"), there(queue="silent")),
                wrong_key=Miss(1, sounds("invalid-key"), there(extension="1001")),
            ),
            "billing": Menu(
                prompts=sounds("billing-menu"),
                barge_in=False,
                wait=3.0,
                options={"1": there(queue="billing"), "*": there(menu="main"), "2": there(collect="pin")},
            ),
        },
        announcements={"hours": Announcement(sounds("hours-are"), there(menu="main"))},
        collections={
            "account": Collection(
                "account", sounds("account-please"), least=3, most=6, confirm=True, retries=1,
                invalid=sounds("try-again"), then=there(lookup="balance"), failed=there(voicemail="lost"),
            ),
            "pin": Collection("pin", sounds("pin-please"), least=4, most=4, secret=True, then=there(menu="main")),
        },
        lookups={
            "balance": Lookup(
                "http://bank/{account}", prompts=sounds("one-moment"),
                speak=(Prompt(sound="balance-is"), Prompt(amount="balance")),
                branches=(Branch("tier", "gold", there(queue="gold")),),
                then=there(menu="main"), not_found=there(menu="main", prompts=sounds("no-such-account")),
                failed=there(queue="broken"),
            )
        },
    )
