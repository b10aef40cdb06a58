"""Pictures of trees: every way is there once, nothing overlaps, nothing in a text becomes markup."""

from xml.etree import ElementTree

from hypothesis import given

from ivr.drawing.plan import Card, Flow, Plan, plan
from ivr.drawing.svg import CARD, layout, svg
from ivr.drawing.terminal import COLUMNS, lines
from ivr.drawing.widths import fit, width
from ivr.prompts import Prompts
from ivr.tree import Announcement, Destination, Menu, Prompt, Tree
from ivr.ways import Place, nodes, onward
from tests.ivr.any_tree import trees

PROMPTS = Prompts(())


def cards(drawn: Plan) -> list[Card]:
    found = []
    waiting = [drawn.start, *drawn.loose]
    while waiting:
        card = waiting.pop()
        found.append(card)
        waiting += [row.card for row in card.rows if row.card]
    return found


def test_a_tree_in_the_terminal(tree):
    assert lines(plan(tree, PROMPTS)) == """\
tree shop (en)
menu main · 0 s · level 1 · 5 s for a key
│ welcome, main-menu
├─ 1 ─ queue sales (priority 2, english 3+)
├─ 2 ─ collect account · 0 s · 3-6 digits as account · # ends · read back
│      │ account-please
│      ├─ typed ─ lookup balance · 0 s · GET http://bank/{account} · 2 s at most
│      │          │ one-moment
│      │          ├─ tier = gold ─ queue gold
│      │          ├─ found ─ ↑ menu main
│      │          ├─ not found ─ ↑ menu main, saying no-such-account
│      │          └─ no answer ─ queue broken
│      └─ failed ─ voicemail lost
├─ 3 ─ announcement hours · 0 s
│      │ hours-are
│      └─ then ─ ↑ menu main
├─ 4 ─ menu billing · 0 s · level 2 · 3 s for a key · keys wait · saying going-to-billing
│      │ billing-menu
│      ├─ 1 ─ queue billing
│      ├─ 2 ─ collect pin · 0 s · 4-4 digits as pin · # ends · secret
│      │      │ pin-please
│      │      ├─ typed ─ ↑ menu main
│      │      └─ failed ─ queue support
│      ├─ * ─ ↑ menu main
│      ├─ 0 ─ queue support
│      ├─ silence ×3 ─ queue support
│      └─ wrong key ×3 ─ queue support
├─ 5 ─ goodbye, saying goodbye
├─ 0 ─ queue support
├─ silence ×3 ─ queue silent
└─ wrong key ×2 ─ extension 1001
"""


def test_what_was_counted_stands_beside(tree):
    flows = {Place("menu", "main"): Flow(120, 4, 2, {"options.1": 40, "options.0": 3, "silence.then": 7})}
    drawn = lines(plan(tree, PROMPTS, flows, "2026-11-22")).splitlines()
    assert drawn[1].endswith("120 in, 4 gave up, 2 here")
    counts = {line.split("─ ")[1].strip(): line.split()[-1] for line in drawn if line.startswith(("├", "└"))}
    assert (counts["1"], counts["0"], counts["silence ×3"], counts["5"]) == ("40", "3", "7", "0")


@given(trees)
def test_every_node_and_every_way_is_drawn_once(any_tree):
    drawn = cards(plan(any_tree, PROMPTS))
    places = [card.place for card in drawn]
    assert len(places) == len(set(places)) and set(places) >= set(nodes(any_tree))
    for here, node in nodes(any_tree).items():
        rows = [row.key for card in drawn if card.place == here for row in card.rows]
        assert {key for key, _ in onward(node)} <= set(rows)


@given(trees)
def test_no_line_is_too_long_and_no_two_boxes_touch(any_tree):
    flows = {here: Flow(9, 1, 1) for here in nodes(any_tree)}
    drawn = plan(any_tree, PROMPTS, flows, "today")
    assert all(width(line) <= COLUMNS for line in lines(drawn).splitlines())
    boxes, _ = layout(drawn)
    for number, one in enumerate(boxes):
        for other in boxes[number + 1:]:
            beside = one.x + CARD <= other.x or other.x + CARD <= one.x
            assert beside or one.y + one.height <= other.y or other.y + other.height <= one.y
    ElementTree.fromstring(svg(drawn))


def test_what_stands_in_a_tree_is_never_markup():
    evil = '</text><script>alert(1)</script>"&\x00\ud800'
    bad = Tree(name=evil, person=Destination(queue=evil), menus={"main": Menu((Prompt(text=evil),), {
        "1": Destination(announcement=evil, prompts=(Prompt(text=evil),))})},
        announcements={evil: Announcement((Prompt(sound=evil),))})
    drawn = svg(plan(bad, PROMPTS, {}, evil))
    drawn.encode("utf-8")
    names = {element.tag.split("}")[1] for element in ElementTree.fromstring(drawn).iter()}
    assert names == {"svg", "title", "style", "rect", "path", "g", "text"}


def test_lines_are_as_thick_as_callers_are_many(tree):
    flows = {Place("menu", "main"): Flow(30, 0, 0, {"options.2": 10, "options.4": 20})}
    _, drawn = layout(plan(tree, PROMPTS, flows, "today"))
    assert {line.taken for line in drawn if line.start.card.place.name == "main"} == {0, 10, 20}
    assert 'stroke-width="8.5"' in svg(plan(tree, PROMPTS, flows, "today"))


def test_chinese_takes_two_columns():
    assert width("主菜单") == 6
    assert fit("主菜单", 5) == "主菜…" and fit("main", 3) == "ma…" and fit("a\tb", 9) == "a b"
