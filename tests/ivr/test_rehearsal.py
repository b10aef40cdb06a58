"""Rehearsals: any tree can be walked without a telephone, and time only moves forward."""

from hypothesis import given
from hypothesis import strategies as some

from ivr.prompts import Prompts
from ivr.rehearsal import OUTCOMES, Rehearsal
from tests.ivr.any_tree import trees

DEEDS = some.lists(some.sampled_from([*"0123456789*#A", "silence", "listen", "wait", *OUTCOMES]), max_size=20)


@given(trees, DEEDS)
def test_nothing_that_a_caller_does_breaks_it(tree, deeds):
    rehearsal = Rehearsal(tree, Prompts(()), {})
    for deed in deeds:
        match deed:
            case "silence":
                rehearsal.do_nothing()
            case "listen":
                rehearsal.listen()
            case "wait":
                rehearsal.wait(7.5)
            case _ if deed in OUTCOMES:
                rehearsal.answer(deed, {"tier": "gold"})
            case _:
                rehearsal.press(deed)
    moments = [told.at for told in rehearsal.told]
    assert moments == sorted(moments) and rehearsal.now >= max(moments, default=0)
    assert (rehearsal.left is not None) == rehearsal.walk.over
