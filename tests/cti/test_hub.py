"""Who gets which event, in which frame: the hub alone, with a journal and no socket."""

import json

import pytest

from cti.audience import view_of
from cti.hub import MOST_MISSED, Epochs, Hub, pack
from switch.events import (
    ContactQueued,
    Established,
    LegEnded,
    ReservationRejected,
    SegmentBegan,
    SwitchStarted,
    Transferred,
)
from switch.journal import Entry, Journal

from .fake_house import PEOPLE, ended, offered, reserved, state

BY_USER = {person.user: person for person in PEOPLE}


class Room:
    """A hub whose frames are collected by client."""

    def __init__(self, **options) -> None:
        self.journal = Journal(**options)
        self.hub = Hub(self.journal, 1, BY_USER.get, window=0.05)
        self.heard: dict[str, list[str]] = {}
        self.frames = 0

    def join(self, client: str, *topics: str) -> None:
        person = BY_USER[client.partition("/")[0]]
        self.take(self.hub.join(client, person.user, view_of(person, topics or ("all",))))
        self.heard[client] = []

    def tell(self, *events, now: float = 0.0) -> None:
        for event in events:
            self.journal.append(event, now)
        self.take(self.hub.read(now))

    def take(self, frames) -> None:
        for frame in frames:
            self.frames += 1
            for client in frame.clients:
                self.heard[client] += [event["type"] for event in json.loads(frame.payload)]

    def wake(self, now: float) -> None:
        self.take(self.hub.wake(now))


@pytest.fixture
def room() -> Room:
    return Room()


def test_events_of_one_window_travel_together(room):
    room.join("2002")
    room.tell(offered("c1"), now=1.0)
    room.tell(offered("c2"), now=1.03)
    assert room.hub.deadline == 1.05
    room.wake(1.04)
    assert room.frames == 0
    room.wake(1.05)
    assert (room.frames, room.heard["2002"], room.hub.deadline) == (1, ["contact.offered"] * 2, None)


def test_a_reservation_does_not_wait_and_takes_along_what_was_before_it(room):
    room.join("1001")
    room.join("2002")
    room.tell(state("1001", "reserved"), reserved("c1", "1001"))
    assert room.heard == {"1001": ["agent.state", "reservation.created"], "2002": []}
    room.wake(1.0)
    assert room.heard["2002"] == ["agent.state", "reservation.created"]


def test_clients_of_one_view_share_one_frame(room):
    for number in range(50):
        room.join(f"2002/{number}")
    room.tell(offered())
    room.wake(1.0)
    assert room.frames == 1
    assert all(heard == ["contact.offered"] for heard in room.heard.values())


def test_who_joins_in_the_middle_of_a_window_hears_only_what_is_after(room):
    room.join("2002/a")
    room.tell(offered("c1"))
    room.join("2002/b")
    room.tell(offered("c2"))
    room.wake(1.0)
    assert (len(room.heard["2002/a"]), len(room.heard["2002/b"])) == (2, 1)


def test_who_left_hears_nothing_and_leaves_nothing_behind(room):
    room.join("1001")
    room.tell(reserved())
    room.hub.leave("1001")
    room.hub.leave("1001")
    room.tell(ended())
    room.wake(1.0)
    assert room.heard["1001"] == ["reservation.created"]
    assert not room.hub._streams
    assert not room.hub._seats


def test_an_agent_sees_its_own_contacts_its_state_and_the_figures_of_queues(room):
    room.join("1001")
    room.tell(offered("c1"), offered("c2"), ContactQueued(contact="c2", queue="support", position=1),
              state("1001"), state("1002"), reserved("c1", "1001"), reserved("c2", "1002"),
              SegmentBegan(contact="c1", kind="talk", owner="1001"), ended("c1"), ended("c2"))
    room.wake(1.0)
    assert room.heard["1001"] == ["queue.joined", "agent.state", "reservation.created", "contact.segment",
                                  "contact.ended"]


def test_an_offer_that_came_to_nothing_ends_the_right_to_see(room):
    room.join("1001")
    room.tell(reserved(), ReservationRejected(contact="c1", reservation="r", agent="1001"), ended())
    room.wake(1.0)
    assert room.heard["1001"] == ["reservation.created", "reservation.rejected"]


def test_who_gave_a_call_away_still_sees_its_own_leg_and_wrap_up_but_not_the_rest(room):
    room.join("1001", "mine")
    room.tell(Established(contact="c1", leg="l1", party="1001"), Transferred(contact="c1", by="1001", to="queue:sales"),
              LegEnded(contact="c1", leg="l1", party="1001", ended_by="agent", cause="transferred"),
              Established(contact="c1", leg="l2", party="1003"), ended())
    room.wake(1.0)
    assert room.heard["1001"] == ["call.established", "call.transferred", "call.leg_ended"]


def test_a_supervisor_sees_the_team_and_callers_of_nobody_yet(room):
    room.join("2001")
    room.tell(offered("c1"), state("1002"), state("1003"), reserved("c1", "1003"), ended("c1"))
    room.wake(1.0)
    assert room.heard["2001"] == ["contact.offered", "agent.state"]


def test_topics_narrow_what_is_seen(room):
    room.join("2002/q", "queues")
    room.join("2002/a", "agents")
    room.join("2002/c", "contacts")
    room.join("1001", "queues")
    room.tell(offered(), ContactQueued(contact="c1", queue="support", position=1), state(), reserved("c1", "1001"),
              SwitchStarted(version="1", epoch=1))
    room.wake(1.0)
    assert room.heard == {
        "2002/q": ["queue.joined", "switch.started"], "2002/a": ["agent.state", "switch.started"],
        "2002/c": ["contact.offered", "queue.joined", "reservation.created", "switch.started"],
        "1001": ["queue.joined", "switch.started"],
    }


def test_the_past_is_seen_with_the_rights_of_then(room):
    room.tell(offered("c1"), reserved("c1", "1001"), ReservationRejected(contact="c1", reservation="r", agent="1001"),
              reserved("c1", "1002"), ended("c1"))
    ann, ben = (view_of(BY_USER[user], ("all",)) for user in ("1001", "1002"))
    kinds = [[json.loads(event)["id"] for event in room.hub.select(view, room.journal.since(0))] for view in (ann, ben)]
    assert kinds == [["1:2", "1:3"], ["1:4", "1:5"]]


def test_each_event_is_turned_into_bytes_once(room):
    room.tell(offered())
    entry = room.journal.since(0)[0]
    assert room.hub.encoded(entry) is room.hub.encoded(entry)


def test_a_cursor_of_this_epoch_resumes_unless_it_lies_ahead_or_far_behind(room):
    room.tell(*[offered(f"c{number}") for number in range(20)])
    assert room.hub.resume("1:5") == 5
    assert room.hub.resume("1:20") == 20
    assert room.hub.resume("1:21") is None
    assert [room.hub.resume(nonsense) for nonsense in ("", "5", "x:y", "1:-5", "1:²", "1:" + "9" * 50)] == [None] * 6
    room.hub.cursor += MOST_MISSED
    assert room.hub.resume("1:19") is None


def test_a_cursor_of_an_older_epoch_resumes_if_that_epoch_wrote_it_down():
    """Epoch 1 told its clients of entry 8, but only 6 had reached the disk when it was killed."""
    journal = Journal(last=6)
    hub = Hub(journal, 2, BY_USER.get)
    hub.learn([Entry(1, 0.0, SwitchStarted(version="0", epoch=1))])
    journal.append(SwitchStarted(version="0", epoch=2), 1.0)
    for number in range(5):
        journal.append(offered(f"c{number}"), 1.0)
    hub.read(1.0)
    assert hub.resume("1:6") == 6
    assert hub.resume("1:7") is None
    assert hub.resume("1:8") is None
    assert hub.resume("2:8") == 8
    assert hub.resume("3:8") is None


def test_entries_bear_the_epoch_that_they_were_written_in():
    epochs = Epochs(4)
    assert epochs.of(5) == 4
    epochs.learn(Entry(10, 0.0, SwitchStarted(version="0", epoch=3)))
    epochs.learn(Entry(20, 0.0, SwitchStarted(version="0", epoch=4)))
    assert [epochs.of(number) for number in (9, 10, 19, 20, 99)] == [2, 3, 3, 4, 4]


def test_frames_are_json_and_not_endless():
    packed = pack([b"{}"] * 1001)
    assert [events for _, events in packed] == [500, 500, 1]
    assert json.loads(packed[0][0]) == [{}] * 500


def test_broken_text_from_a_phone_does_not_stop_the_stream(room):
    room.join("2002")
    room.tell(offered("c1", caller="caf\ud800"))
    room.wake(1.0)
    assert room.heard["2002"] == ["contact.offered"]
