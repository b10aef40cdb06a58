"""Any tree, any caller: nobody is lost, nobody is sent to two places, 0 is always a person."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from ivr.effects import Leave, LookUp, Say
from ivr.interpreter import Walk
from ivr.tree import Tree
from tests.ivr.any_tree import trees

deeds = st.lists(
    st.tuples(st.just("press"), st.sampled_from("123456789*#"))
    | st.tuples(st.sampled_from(["heard", "stale", "sleep", "early", "found", "not_found", "failed", "other"])),
    max_size=40,
)


class Caller:
    """Does something, and looks whether the laws still hold."""

    def __init__(self, tree: Tree) -> None:
        self.tree, self.walk, self.now = tree, Walk(tree, {"caller": "12"}), 0.0
        self.node, self.left = "", 0
        self.obey(self.walk.start(self.now))

    def obey(self, effects: list) -> None:
        assert not (self.left and effects), "nothing happens after the end"
        leaves = [effect for effect in effects if isinstance(effect, Leave)]
        self.left += len(leaves)
        assert self.left <= 1 and leaves == effects[len(effects) - len(leaves) :]
        assert self.walk.over == bool(self.left)
        assert (self.walk.deadline is None) == self.walk.over, "whoever waits, waits for a moment"
        says = [effect.say for effect in effects if isinstance(effect, Say)]
        assert not self.walk.saying or not says or says[-1] == self.walk.saying
        self.node = next((effect.node for effect in effects if isinstance(effect, LookUp)), self.node)

    def do(self, deed: str, digit: str = "") -> None:
        walk = self.walk
        self.now += 0.25
        match deed:
            case "press":
                self.obey(walk.press(digit, self.now))
            case "heard":
                self.obey(walk.played(walk.saying, self.now))
            case "stale":
                assert walk.played("say-0", self.now) == []
            case "early":
                assert walk.deadline is None or self.now >= walk.deadline or walk.wake(self.now) == []
            case "sleep":
                self.now = max(self.now, walk.deadline or 0.0)
                self.obey(walk.wake(self.now))
            case "other":
                assert walk.looked_up("nothing", "found", {}, self.now) == []
            case _:
                self.obey(walk.looked_up(self.node, deed, {"tier": "gold"}, self.now))


@given(trees, deeds)
def test_a_walk_waits_with_a_deadline_or_has_ended_once_and_its_steps_tile_it(tree, deeds):
    caller = Caller(tree)
    for deed in deeds:
        caller.do(*deed)
    assert all(step.left_at == following.entered_at for step, following in pairwise(caller.walk.way))
    assert all(seconds >= 0 for _, _, seconds in caller.walk.steps(caller.now))


@given(trees, deeds)
def test_zero_leads_to_a_person_from_everywhere_but_a_collection(tree, deeds):
    caller = Caller(tree)
    for deed in deeds:
        caller.do(*deed)
    if caller.left or not caller.walk.stage.zero_is_person:
        return
    effects = caller.walk.press("0", caller.now)
    if tree.person.prompts:
        effects += caller.walk.played(caller.walk.saying, caller.now)
    assert effects[-1] == Leave(tree.person, caller.walk.menu)


@given(trees, deeds)
def test_whoever_falls_silent_gets_out(tree, deeds):
    caller = Caller(tree)
    for deed in deeds:
        caller.do(*deed)
    for _ in range(1000):
        if caller.left:
            return
        caller.do("sleep")
    raise AssertionError("still there")
