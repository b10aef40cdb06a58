"""Who learns that a supervisor listens: supervisors always, agents where it is announced, or where they hear it."""

import msgspec
import pytest

import switch.events as told
from cti.access import shown
from cti.audience import view_of
from cti.hub import Hub
from cti.states import AgentState, ContactState, LegState, Snapshot, SupervisionState
from cti.visible import visible
from switch.journal import Journal

from .fake_house import PEOPLE

ANN, SUE = PEOPLE[0], PEOPLE[3]
ABOUT = {"contact": "c1", "by": "2001", "agent": "1001", "kind": "monitor", "leg": "c1-3"}


def seen(person, tell_agent):
    journal = Journal()
    for event in (
        told.CommandObeyed(by="2001", command="call.monitor", agent="1001", contact="c1"),
        told.SupervisionBegan(**ABOUT, tell_agent=tell_agent),
        told.MediaSilent(contact="c1", leg="c1-3", party="2001", seconds=3.0),
        told.SupervisionEnded(**ABOUT, tell_agent=tell_agent, why="stopped"),
        told.LegEnded(contact="c1", leg="c1-3", party="2001", ended_by="supervisor", cause="normal_call_clearing"),
    ):
        journal.append(event, 1.0)
    hub = Hub(journal, 1, {each.user: each for each in PEOPLE}.get)
    hub.audience._gain("c1", "1001", 0)
    hub.read(1.0)
    return [msgspec.json.decode(data)["type"] for data in hub.select(view_of(person, ("all",)), journal.since(0))]


def test_agents_are_not_told_of_who_listens_unannounced():
    assert seen(ANN, False) == []
    assert seen(ANN, True) == ["supervision.began", "media.silent", "supervision.ended", "call.leg_ended"]
    assert len(seen(SUE, False)) == 5


@pytest.mark.parametrize(("person", "tell", "legs"), [(ANN, False, 1), (ANN, True, 2), (SUE, False, 2)])
def test_nor_does_their_snapshot_show_it(person, tell, legs):
    told_of = SupervisionState(by="2001", agent="1001", kind="monitor", leg="c1-3", state="established", since=1.0,
                               tell_agent=tell)
    both = (LegState(leg="c1-2", party="1001", state="established"), LegState(leg="c1-3", party="2001", state="established"))
    contact = ContactState(contact="c1", caller="1", called="2", offered_at=1.0, agent="1001", supervisions=(told_of,),
                           legs=both)
    snapshot = Snapshot(agents=(AgentState(agent="1001", team="red", state="busy"),), contacts=(contact,))
    (shown,) = visible(snapshot, view_of(person, ("all",))).contacts
    assert len(shown.legs) == legs and bool(shown.supervisions) is (legs == 2)


def test_nor_their_records():
    record = {"contact": "c1", "quality": [{"party": "1001"}, {"party": "2001"}],
              "supervisions": [{"by": "2001", "agent": "1001", "kind": "monitor"}]}
    assert shown(ANN, record) == {"contact": "c1", "quality": [{"party": "1001"}], "supervisions": []}
    assert shown(SUE, record) == record
