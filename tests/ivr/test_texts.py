"""Texts with gaps."""

import pytest

from ivr.texts import Gap, gap_faults, pieces


@pytest.mark.parametrize(("text", "said"), [
    ("We are moving.", ("We are moving.",)),
    ("  We\n are  moving. ", ("We are moving.",)),
    ("{date}", (Gap("date", "date", "yuan"),)),
    ("Number {position}, {wait}.", ("Number", Gap("position", "number", "yuan"), Gap("wait", "wait", "yuan"))),
    ("您的余额是{ balance : amount }。", ("您的余额是", Gap("balance", "amount", "yuan"))),
    ("{a:amount pounds} and {b:day}!", (Gap("a", "amount", "pounds"), "and", Gap("b", "day", "yuan"))),
    ("It is {time}, not {date}.", ("It is", Gap("time", "time", "yuan"), "not", Gap("date", "date", "yuan"))),
    ("…", ()),
])
def test_pieces(text, said):
    assert pieces(text) == said
    assert list(gap_faults(text)) == [] or not said


@pytest.mark.parametrize(("text", "what"), [
    ("Hello {name}", "nobody says how `name` is spoken in a text"),
    ("Hello {name:loudly}", "nothing is spoken as `loudly` in a text"),
    ("Hello {", "`{` in a text names no variable"),
    ("Hello {}", "`{}` in a text names no variable"),
    ("Hello {my name}", "`{my name}` in a text names no variable"),
    ("} {date}", "`}` in a text names no variable"),
    ("{a:amount florins}", "nothing is paid in `florins` in a text"),
    ("...", "the text `...` has no words"),
])
def test_what_is_wrong_with_a_text(text, what):
    assert [fault.what for fault in gap_faults(text)] == [what]
