"""The laws of a tree: each is broken once, and each mistake says what to write instead."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings

from ivr.check import check
from ivr.prompts import Prompts
from ivr.rules import Mistake
from ivr.tree import Announcement, Branch, Collection, Destination, Lookup, Menu, Miss, Prompt, Tree
from tests.ivr.any_tree import trees

QUEUES, EXTENSIONS = {"support", "billing"}, {"1001"}
SUPPORT = Destination(queue="support")


class Studio(Prompts):
    """Every sound takes as many seconds as its name says (``s12``); ``none`` does not exist."""

    languages = {"en", "zh"}

    def __init__(self) -> None:
        super().__init__(())

    def missing(self, prompts, language):
        return [prompt for prompt in prompts if prompt.sound == "none" or prompt.text]

    def names(self, language):
        return {"welcome", "goodbye"}

    def seconds(self, prompts, language):
        return sum(float(prompt.sound[1:]) for prompt in prompts if prompt.sound[1:].isdigit())


def shop(**changes) -> Tree:
    """A tree without a mistake, and what a test changes in it."""
    return replace(
        Tree(
            person=SUPPORT,
            menus={"main": Menu(options={"1": SUPPORT, "2": Destination(announcement="hours")}, line=3)},
            announcements={"hours": Announcement(then=Destination(menu="main"), line=7)},
            line=1,
        ),
        **changes,
    )


def mistakes(tree: Tree) -> list[Mistake]:
    return check(tree, queues=QUEUES, extensions=EXTENSIONS, prompts=Studio())


def menus(*, main: dict | None = None, **more: Menu) -> dict:
    """Menus with `main`, whose options stand beside the two that it has."""
    options = {"1": SUPPORT, "2": Destination(announcement="hours"), **(main or {})}
    return {"menus": {"main": Menu(options=options), **more}}


def below(menu: Menu) -> dict:
    """This menu, as option 3 of `main`."""
    return menus(main={"3": Destination(menu="m")}, m=menu)


def chain(length: int) -> dict:
    """Menus one below the other."""
    deep = {f"m{n}": Menu(options={"1": Destination(menu=f"m{n + 1}")}, line=n) for n in range(2, length)}
    return menus(main={"3": Destination(menu="m2")}, **deep, **{f"m{length}": Menu(options={"1": SUPPORT}, line=9)})


def collecting(**changes) -> dict:
    node = replace(Collection("account", then=SUPPORT), **changes)
    return {**menus(main={"3": Destination(collect="c")}), "collections": {"c": node}}


def looking_up(**changes) -> dict:
    node = replace(Lookup("http://bank/{account}", then=SUPPORT), **changes)
    return {**menus(main={"3": Destination(lookup="l")}), "lookups": {"l": node}}


def option(**to) -> dict:
    return menus(main={"3": Destination(**to)})


def saying(*names: str) -> tuple[Prompt, ...]:
    return tuple(Prompt(name) for name in names)


BROKEN = {
    "no person": (dict(person=Destination(goodbye=True)), "there is no way to a person", "person: {queue: NAME}"),
    "a mailbox is no person": (dict(person=Destination(voicemail="x")), "there is no way to a person", "{queue: NAME}"),
    "a person of nowhere": (dict(person=Destination(queue="suport")), "queue `suport`", "did you mean `support`?"),
    "no first menu": (dict(start="mian"), "`start: mian`, does not exist", "did you mean `main`?"),
    "a fourth level": (chain(4), "menu `m4` is on level 4 of at most 3", "level 2 or above"),
    "six options": (
        menus(main={key: SUPPORT for key in "34567"}), "menu `main` has 7 options", "keep 5 and move the others",
    ),
    "no options": (below(Menu()), "menu `m` has no options", "add `options:`"),
    "0 as an option": (menus(main={"0": SUPPORT}), "menu `main` gives 0 a meaning", "0 always leads to `person`"),
    "no key": (menus(main={"12": SUPPORT}), "menu `main`: `12` is no key", 'write 1 to 9, "*" or "#"'),
    "no time for a key": (
        below(Menu(options={"1": SUPPORT}, wait=0)), "menu `m` waits 0 s", "`wait: 1`",
    ),
    "an option to nowhere": (option(), "menu `main`, `options.3` leads nowhere", "write one of: `menu`"),
    "an option to two places": (option(queue="support", menu="main"), "several places: `menu`, `queue`", "keep one"),
    "an unknown menu": (option(menu="billing"), "menu `billing`, which does not exist", "write one of: `main`"),
    "an unknown announcement": (option(announcement="ours"), "announcement `ours`", "did you mean `hours`?"),
    "an unknown collection": (option(collect="c"), "collect `c`, which does not exist", "there is none so far"),
    "an unknown look-up": (option(lookup="l"), "lookup `l`, which does not exist", "there is none so far"),
    "an unknown queue": (option(queue="biling"), "queue `biling`, which does not exist", "did you mean `billing`?"),
    "an unknown extension": (option(extension="1009"), "extension `1009`", "did you mean `1001`?"),
    "a mailbox that is a path": (option(voicemail="../x"), "`../x` is no name of a mailbox", "write letters"),
    "priority without a queue": (option(goodbye=True, priority=1), "priority or skills, but no queue", "add `queue"),
    "a silence to nowhere": (
        below(Menu(options={"1": SUPPORT}, silence=Miss(then=Destination(menu="x")))),
        "menu `m`, `silence.then` leads to menu `x`", "write one of: `m`, `main`",
    ),
    "an unreachable menu": (menus(m=Menu(options={"1": SUPPORT}, line=8)), "no way leads to menu `m`", "`{menu: m}`"),
    "31 seconds": (
        below(Menu(saying("s16", "s15"), {"1": SUPPORT})),
        "menu `m` is 31 s of prompts at a stretch", "callers bear 30 s",
    ),
    "31 seconds after silence": (
        below(Menu(saying("s28"), {"1": SUPPORT}, silence=Miss(2, saying("s3")))),
        "31 s of prompts", "shorten it",
    ),
    "31 seconds on the way": (option(goodbye=True, prompts=saying("s31")), "`options.3` is 31 s", "shorten it"),
    "an unknown sound": (option(goodbye=True, prompts=saying("none")), "no sound `none`", "`config/prompts/en/`"),
    "a text without an engine": (
        option(goodbye=True, prompts=(Prompt(text="Bye!"),)), "the text `Bye!`: nothing can speak it", "`sound: NAME`",
    ),
    "a prompt of nothing": (option(goodbye=True, prompts=(Prompt(),)), "a prompt says nothing", "one of: `sound`"),
    "a prompt of two things": (
        option(goodbye=True, prompts=(Prompt("a", digits="b"),)), "a prompt says `sound`, `digits`", "write one of",
    ),
    "an unknown currency": (
        option(goodbye=True, prompts=(Prompt(amount="a", currency="florins"),)), "currency `florins`", "one of: `yuan`",
    ),
    "an unknown language": (dict(language="fr"), "there are no sounds for `language: fr`", "`en`, `zh`"),
    "a silent circle": (
        dict(
            announcements={"hours": Announcement(then=Destination(lookup="l"))},
            lookups={"l": Lookup("http://x", then=SUPPORT, failed=Destination(announcement="hours"))},
        ),
        "walk in circles: hours -> l -> hours", "lead one of them out",
    ),
    "a variable that is no name": (collecting(name="a b"), "`name: a b` is no name", "write letters, digits"),
    "lengths that cannot be": (collecting(least=5, most=4), "at least 5 and at most 4", "`most` not below it"),
    "a terminator that is no key": (collecting(terminator="x"), "`x` ends the typing", '`terminator: "#"`'),
    "a secret that is read back": (collecting(secret=True, confirm=True), "a secret back aloud", "`confirm: false`"),
    "no address": (looking_up(url="bank/{account}"), "its `url` is no HTTP address", "`http://host/path`"),
    "an address that is broken": (looking_up(url="http://[x/"), "is no HTTP address", "`http://host/path`"),
    "an address with a port of nothing": (looking_up(url="http://x:99999/"), "is no HTTP address", "`http://host/path`"),
    "a brace too many": (looking_up(url="http://x/{a}}"), "`}` in its `url` names no variable", "write `{name}`"),
    "a method": (looking_up(method="PUT"), "method `PUT`", "`GET` or `POST`"),
    "a body of a GET": (looking_up(body={"a": "b"}), "has a body, but its method is GET", "`method: POST`"),
    "a long deadline": (looking_up(deadline=11), "lets callers wait 11 s", "up to 10"),
    "a branch to nowhere": (
        looking_up(branches=(Branch("tier", "gold", Destination(queue="gold")),)),
        "`branches.gold` leads to queue `gold`", "write one of: `billing`, `support`",
    ),
}


def test_a_good_tree_has_no_mistakes():
    assert mistakes(shop()) == []
    assert mistakes(shop(**chain(3))) == []
    assert mistakes(shop(**collecting(confirm=True))) == []
    assert mistakes(shop(**looking_up(method="POST", body={"a": "{b}"}))) == []


@pytest.mark.parametrize("law", BROKEN)
def test_a_broken_law_is_told_with_what_to_write_instead(law):
    changes, what, instead = BROKEN[law]
    found = mistakes(shop(**changes))
    assert any(what in mistake.what and instead in mistake.instead for mistake in found), found


def test_back_to_the_main_menu_is_no_new_level():
    deep = chain(3)
    deep["menus"]["m3"] = Menu(options={"*": Destination(menu="main")})
    assert mistakes(shop(**deep)) == []


def test_what_lies_between_menus_is_no_level():
    between = chain(3)
    between["menus"]["m3"] = Menu(options={"1": Destination(announcement="hours")})
    assert mistakes(shop(**between)) == []


def test_an_announcement_may_lead_back_to_the_menu_that_asked():
    assert mistakes(shop(announcements={"hours": Announcement()})) == []


def test_all_mistakes_are_told_at_once_in_the_order_of_the_lines():
    tree = shop(
        person=Destination(goodbye=True, line=2),
        menus={"main": Menu(options={"0": Destination(queue="x", line=5), "2": Destination(line=6)}, wait=0, line=4)},
    )
    found = mistakes(tree)
    assert [mistake.line for mistake in found] == [2, 4, 5, 5, 6, 7]
    assert all(mistake.instead for mistake in found)


def test_without_any_sounds_only_that_is_told():
    tree, nothing = shop(**option(goodbye=True, prompts=saying("x"))), Prompts((Path("/nowhere"),))
    found = check(tree, queues=QUEUES, extensions=(), prompts=nothing)
    assert [mistake.what for mistake in found] == ["there are no sounds for `language: en`"]


def test_a_sound_with_a_typing_error_is_recognised():
    tree = shop(**option(goodbye=True, prompts=saying("good-by")))
    (mistake,) = check(tree, queues=QUEUES, extensions=(), prompts=Prompts())
    assert mistake.instead == "did you mean `goodbye`? Else put `good-by.wav` into `config/prompts/en/`"


@given(trees)
@settings(max_examples=50)
def test_any_tree_can_be_checked(tree):
    assert all(mistake.what and mistake.instead for mistake in mistakes(tree))
