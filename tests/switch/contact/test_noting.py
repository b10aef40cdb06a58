"""What agents say came of a contact: during the talk, in after-call work, and not afterwards."""

import pytest

from cti.records import RecordFold
from switch.events import ContactNoted
from switch.orders import NoteContact, OrderRefused


@pytest.fixture
def asked(build):
    return build(support={"wrap_up": 30, "outcomes": {"solved": "Solved", "call_back": "Call back"}})


def test_the_last_word_of_the_agent_is_in_the_record(asked):
    caller, _ = asked.talk()
    asked.obey(NoteContact(note="first thought"), "1001")
    caller.hang_up()
    assert asked.state("1001").state == "after_call_work"
    asked.obey(NoteContact(outcome="solved", note="card sent"), "1001")
    asked.run_for(31)
    fold, records = RecordFold(), {}
    for entry in asked.journal:
        records |= {record.contact: record for record in fold.feed(entry)}
    (record,) = records.values()
    assert [(each.agent, each.outcome, each.note) for each in record.noted] == [("1001", "solved", "card sent")]


@pytest.mark.parametrize(("order", "code"), [
    (NoteContact(outcome="sold"), "unknown_outcome"),
    (NoteContact(note="x" * 2001), "bad_params"),
    (NoteContact(contact="another"), "no_call"),
])
def test_what_cannot_be_noted_is_refused(asked, order, code):
    asked.talk()
    with pytest.raises(OrderRefused) as refused:
        asked.obey(order, "1001")
    assert refused.value.code == code and not asked.events(ContactNoted)


def test_nothing_is_noted_when_the_work_is_over(asked):
    caller, _ = asked.talk()
    caller.hang_up()
    asked.run_for(31)
    with pytest.raises(OrderRefused):
        asked.obey(NoteContact(outcome="solved"), "1001")
