"""A tree that says what is closed: menus and options with hours."""

import pytest

from ivr.check import check
from ivr.drawing.plan import ways
from ivr.prompts import Prompts
from ivr.rehearsal import Rehearsal
from ivr.tree import Announcement, Destination, Instead, Menu, Prompt, Tree

SAY = (Prompt("welcome-demo"),)
SORRY = Announcement((Prompt("closed-now"), Prompt(digits="time_office")), Destination(goodbye=True))
SALES = Destination(queue="sales", hours="office", closed=Instead(voicemail="sales", prompts=(Prompt("closed-now"),)))
TREE = Tree("t", person=Destination(queue="support"), menus={
    "main": Menu(SAY, {"1": SALES, "2": Destination(menu="office")}),
    "office": Menu(SAY, {"1": Destination(queue="support")}, hours="office", closed=Destination(announcement="sorry")),
}, announcements={"sorry": SORRY})
CLOSED = {"hours_office": "closed", "time_office": "08:00"}


def left(keys, known, tree=TREE):
    rehearsal = Rehearsal(tree, Prompts(), known)
    for key in keys:
        rehearsal.press(key)
    rehearsal.listen()
    return str(rehearsal.left.destination) if rehearsal.left else rehearsal.walk.menu, rehearsal


@pytest.mark.parametrize(("keys", "known", "ends"), [
    ("1", {}, "queue:sales"), ("1", {"hours_office": "open"}, "queue:sales"), ("1", CLOSED, "voicemail:sales"),
    ("21", {}, "queue:support"), ("2", {}, "office"), ("2", CLOSED, "goodbye"), ("0", CLOSED, "queue:support"),
])
def test_where_a_caller_gets(keys, known, ends):
    assert left(keys, known)[0] == ends


def test_what_is_said_is_when_it_opens_and_the_way_is_told():
    _, rehearsal = left("2", CLOSED)
    names = [type(told.effect).__name__ for told in rehearsal.told]
    says = [told.effect for told in rehearsal.told if type(told.effect).__name__ == "Say"]
    assert says[-1].variables == {"time_office": "08:00"} and "Passed" in names
    passed = next(told.effect for told in rehearsal.told if type(told.effect).__name__ == "Passed")
    assert (passed.name, passed.way, passed.leads_to) == ("office", "closed", "announcement:sorry")
    chose = next(told.effect for told in left("1", CLOSED)[1].told if type(told.effect).__name__ == "Chose")
    assert (chose.leads_to, chose.closed) == ("voicemail:sales", True)


def mistakes(tree, hours=("office",)):
    found = check(tree, queues=["support", "sales"], extensions=[], prompts=Prompts(), hours=hours)
    return [mistake.what for mistake in found]


def test_a_tree_with_hours_is_right_and_drawn_whole():
    assert mistakes(TREE) == []
    assert [key for key, _, _ in ways(TREE, TREE.menus["main"])][:3] == ["options.1", "options.1.closed", "options.2"]
    assert ways(TREE, TREE.menus["office"])[-1][:2] == ("closed", "office closed")


def test_hours_that_do_not_exist_or_lead_nowhere():
    assert mistakes(TREE, ["ofice"]) == [
        "menu `main`, `options.1` names hours `office`, which do not exist",
        "menu `office` names hours `office`, which do not exist"]
    half = Tree("t", person=Destination(queue="support", hours="office", closed=Instead(goodbye=True)), menus={
        "main": Menu(SAY, {"1": Destination(queue="sales", hours="office"), "2": Destination(menu="main")},
                     closed=Destination(menu="main"))})
    assert mistakes(half) == [
        "`person` has hours", "callers who touch no key walk in circles: main -> main",
        "menu `main` has `closed` without `hours`", "menu `main`, `options.1` has `hours` without `closed`"]
    wrong = Tree("t", person=Destination(queue="support"), menus={"main": Menu(SAY, {
        "1": Destination(queue="sales", hours="office", closed=Instead(queue="nights"))})})
    assert mistakes(wrong) == ["menu `main`, `options.1.closed` leads to queue `nights`, which does not exist"]
