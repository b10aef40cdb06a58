"""The difference between two configurations, in words."""

from dataclasses import fields, is_dataclass, replace
from pathlib import Path

import pytest

from ivr.tree import Destination, Prompt
from switch.acd.rules import Overflow
from switch.difference import AT_ONCE, difference, in_force, needs_restart, recordings
from switch.loading import load
from switch.settings import ServiceNumber, System
from switch.trunks.rules import Outside, Registration, Route, Share, Trunk

CONFIG = Path(__file__).parents[2] / "config"


@pytest.fixture(scope="module")
def settings():
    return load(CONFIG)


def queue(settings, name, **rules):
    return replace(settings, queues=settings.queues | {name: replace(settings.queues[name], **rules)})


def menu(settings, tree, name, **changes):
    old = settings.trees[tree]
    menus = old.menus | {name: replace(old.menus[name], **changes)}
    return replace(settings, trees=settings.trees | {tree: replace(old, menus=menus, version="other")})


def test_nothing(settings):
    assert difference(settings, settings) == []
    assert difference(settings, replace(settings, trees={
        name: replace(tree, version="other") for name, tree in settings.trees.items()})) == []


def test_queues(settings):
    assert difference(settings, queue(settings, "support", wrap_up=20.0, record=50)) == [
        "queue support: wrap-up 10 s -> 20 s", "queue support: record 100 % -> 50 %"]
    assert difference(settings, queue(settings, "billing", overflow=Overflow("voicemail:billing", 60.0))) == [
        "queue billing: overflow: to queue:support -> voicemail:billing", "queue billing: overflow: after 120 s -> 60 s"]
    assert difference(settings, queue(settings, "billing", overflow=None, max_wait=None)) == [
        "queue billing: max-wait 600 s -> none", "queue billing: overflow (to queue:support, after 120 s) -> none"]


def test_trees(settings):
    options = settings.trees["main"].menus["main"].options
    assert difference(settings, menu(settings, "main", "main", options=options | {"3": Destination(menu="billing")})) == [
        "tree main: option 3 now leads to menu billing"]
    fewer = {key: value for key, value in options.items() if key != "5"} | {"7": Destination(goodbye=True)}
    assert difference(settings, menu(settings, "main", "main", options=fewer)) == [
        "tree main: option 5 is gone", "tree main: option 7 is new, leads to goodbye"]
    assert difference(settings, menu(settings, "main", "billing", wait=7.0, prompts=(Prompt(text="Bills?"),))) == [
        'tree main: menu billing: prompts [demo-billing-menu] -> ["Bills?"]', "tree main: menu billing: wait 5 s -> 7 s"]
    assert difference(settings, replace(settings, trees={})) == [
        "tree main-zh is gone", "tree main is gone", "tree survey-zh is gone", "tree survey is gone"]


def test_numbers_and_people(settings):
    ann, numbers = settings.users["1001"], settings.numbers
    users = settings.users | {"1001": replace(ann, password="secret", rules=replace(ann.rules, queues={"support": 2}))}
    changed = replace(settings, users=users, numbers={
        "5000": replace(numbers["5000"], to="queue:sales", hours="office", closed_to="voicemail:support"),
        "5009": ServiceNumber("5009", "goodbye")})
    told = difference(settings, changed)
    assert told == [
        "agent 1001: queues support: 1 -> 2", "agent 1001: queues billing: 1 -> none", "agent 1001: password has changed",
        "number 5000: now leads to queue sales", "number 5000: hours none -> office",
        "number 5000: closed-to goodbye -> voicemail:support", "number 5001 is gone", "number 5002 is gone",
        "number 5009 is new, leads to goodbye"]


def test_trunks_and_their_order(settings):
    one, two = Trunk("10.0.0.1"), Trunk("10.0.0.2", register=Registration("a", "secret-1"), password="secret-2")
    route = Route(("+",), {"one": Share(1), "two": Share(2)})
    old = replace(settings, outside=Outside("49", trunks={"one": one, "two": two}, routes={"all": route}))
    new = replace(settings, outside=Outside("49", trunks={
        "two": replace(two, password="secret-3", register=Registration("b", "secret-4")), "one": one}, routes={
        "all": replace(route, trunks={"one": Share(2), "two": Share(2)})}))
    told = difference(old, new)
    assert told == [
        "trunk two: password has changed", "trunk two: register: user a -> b", "trunk two: register: password has changed",
        "route all: trunks one: priority 1 -> 2", "trunks.yaml: the trunks stand in another order"]
    bare = replace(old, outside=Outside("49", trunks={"two": replace(two, register=None)}))
    assert not any("secret" in said for said in (*difference(bare, old), *difference(old, bare), *told))


def test_recordings():
    assert recordings({"prompts/a.wav": "1", "prompts/b.wav": "1", "x.yaml": "1"},
                      {"prompts/a.wav": "2", "prompts/en/c.mp3": "1", "x.yaml": "2", "prompts/README.md": "3"}) == [
        "recording a.wav has changed", "recording b.wav is gone", "recording en/c.mp3 is new"]


def test_what_a_running_switch_takes_over():
    old = System()
    new = replace(old, language="zh", sip=replace(old.sip, port=5080),
                  store=replace(old.store, url="postgresql://u:secret@h", trace="off"),
                  media=replace(old.media, codecs=("PCMA",), dscp=0),
                  guard=replace(old.guard, allow=("10.0.0.0/8",), rate=1))
    held = in_force(old, new)
    assert (held.language, held.media.codecs, held.guard.allow) == ("zh", ("PCMA",), ("10.0.0.0/8",))
    assert (held.sip, held.media.dscp, held.guard.rate) == (old.sip, 46, old.guard.rate)
    assert held.store == replace(old.store, trace="off")
    told = needs_restart(held, new)
    assert len(told) == 4 and "secret" not in str(told)
    assert needs_restart(new, new) == []


def test_what_holds_at_once_exists():
    for kind, name in AT_ONCE:
        assert is_dataclass(kind) and name in {field.name for field in fields(kind)}
