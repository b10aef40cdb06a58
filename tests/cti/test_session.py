"""The session core as dialogues: what a client says, what comes of it. No socket, no clock."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cti.session import Begin, Close, Obey, Say, Session, State
from cti.tokens import Tokens

from .fake_house import PEOPLE, SECRET

NOW = 1_700_000_000.0
TOKENS = Tokens(SECRET, hours=1)


class Dialogue:
    def __init__(self) -> None:
        self.people = {person.user: person for person in PEOPLE}
        self.session = Session(TOKENS, self.people.get, NOW)

    def token(self, user: str = "1001", at: float = NOW) -> str:
        return TOKENS.issue(self.people[user], at)[0]

    def say(self, at: float = NOW, **message):
        return self.session.receive(json.dumps(message), at)

    def start(self, user: str = "1001", **more):
        effects = self.say(type="session.start", token=self.token(user), **more)
        self.session.begun()
        return effects


def said(effects) -> list[dict]:
    return [json.loads(effect.data) for effect in effects if isinstance(effect, Say)]


@pytest.fixture
def talk() -> Dialogue:
    return Dialogue()


def test_who_shows_a_token_begins(talk):
    (begin,) = talk.start(topics=["mine", "queues"], cursor="1:7")
    assert isinstance(begin, Begin)
    assert (begin.user, begin.cursor, begin.view.role) == ("1001", "1:7", "agent")
    assert begin.view.topics == {"mine", "queues"}
    assert talk.session.state is State.LIVE


def test_without_topics_everything_is_wanted(talk):
    assert talk.start()[0].view.topics == {"all"}


def test_a_bad_token_is_told_and_closed_with_4401(talk):
    effects = talk.say(type="session.start", token="nonsense")
    assert said(effects)[0]["code"] == "bad_token"
    assert effects[-1] == Close(4401, "this token is not one of ours")
    assert talk.session.receive("{}", NOW) == []


def test_a_token_of_somebody_whose_rights_changed_is_refused(talk):
    token = talk.token("1001")
    talk.people["1001"] = talk.people["2002"]
    assert isinstance(talk.say(type="session.start", token=token)[-1], Close)


def test_who_says_nothing_is_closed_after_ten_seconds(talk):
    assert talk.session.deadline == NOW + 10
    assert talk.session.wake(NOW + 9.9) == []
    assert talk.session.wake(NOW + 10) == [Close(4408, "no session.start came")]


def test_commands_before_the_start_are_refused_by_their_id(talk):
    (answer,) = said(talk.say(jsonrpc="2.0", id=7, method="agent.logIn"))
    assert (answer["id"], answer["error"]["data"]["code"]) == (7, "not_started")


def test_commands_after_the_start_go_to_the_house(talk):
    talk.start()
    request = {"jsonrpc": "2.0", "id": 7, "method": "agent.logIn"}
    assert talk.say(**request) == [Obey(talk.people["1001"], request)]


def test_who_is_stale_may_still_hang_up_and_start_anew(talk):
    talk.start()
    talk.session.fell_behind()
    assert talk.session.state is State.STALE
    assert isinstance(talk.say(jsonrpc="2.0", id=1, method="call.clear")[0], Obey)
    assert isinstance(talk.start()[0], Begin)
    assert talk.session.state is State.LIVE


def test_topics_may_be_changed_by_starting_again_but_not_while_starting(talk):
    talk.start()
    assert isinstance(talk.say(type="session.start", token=talk.token(), topics=["queues"])[0], Begin)
    assert said(talk.say(type="session.start", token=talk.token()))[0]["code"] == "starting"


def test_the_end_of_the_token_is_announced_then_comes(talk):
    talk.start()
    assert talk.session.deadline == NOW + 3540
    (warning,) = said(talk.session.wake(NOW + 3540))
    assert warning == {"type": "session.token_expiring", "expires_at": NOW + 3600}
    assert talk.session.wake(NOW + 3600) == [Close(4401, "the token has expired")]


def test_a_renewed_token_goes_on(talk):
    talk.start()
    talk.session.wake(NOW + 3540)
    fresh = talk.token(at=NOW + 3550)
    (renewed,) = said(talk.say(NOW + 3550, type="session.renew", token=fresh))
    assert renewed == {"type": "session.renewed", "expires_at": NOW + 7150}
    assert talk.session.deadline == NOW + 7090


@pytest.mark.parametrize(("user", "at", "code"), [("1002", NOW, "other_person"), ("1001", NOW - 3600, "token_expired")])
def test_a_renewal_must_be_of_the_same_person_and_fresh(talk, user, at, code):
    talk.start()
    assert said(talk.say(type="session.renew", token=talk.token(user, at)))[0]["code"] == code
    assert talk.session.state is State.LIVE


def test_a_renewal_before_the_start_is_refused(talk):
    assert said(talk.say(type="session.renew", token=talk.token()))[0]["code"] == "not_started"


def test_a_person_whose_rights_were_taken_gives_no_more_commands(talk):
    talk.start()
    del talk.people["1001"]
    assert talk.say(jsonrpc="2.0", id=1, method="call.clear") == [Close(4401, "your rights have changed")]


def test_binary_is_not_spoken(talk):
    assert talk.session.receive_binary() == [Close(1003, "messages are text")]


@pytest.mark.parametrize("message", [
    {"type": "session.begin"}, {"type": "session.start"}, {"type": "session.start", "token": 5}, {"type": None},
    {"type": "session.start", "token": "x", "topics": ["weather"]}, {"type": "session.start", "token": "x", "more": 1},
])
def test_a_message_of_the_wrong_shape_is_named_and_forgiven(talk, message):
    assert said(talk.say(**message))[0]["code"] == "bad_message"
    assert talk.session.state is State.NEW


def test_what_is_not_json_has_json_rpcs_own_answer(talk):
    (answer,) = said(talk.session.receive("{not json", NOW))
    assert (answer["id"], answer["error"]["code"]) == (None, -32700)


_names = st.sampled_from(["type", "token", "jsonrpc", "id", "method"])
_json = st.recursive(st.none() | st.booleans() | st.floats() | st.text(),
                     lambda inner: st.lists(inner) | st.dictionaries(_names, inner))


@given(st.one_of(st.text(), st.binary(), _json.map(json.dumps)), st.booleans())
def test_nothing_that_a_client_says_raises(text, started):
    talk = Dialogue()
    if started:
        talk.start()
    for effect in talk.session.receive(text, NOW):
        assert isinstance(effect, Say | Close | Obey)


def test_deep_nesting_is_not_json(talk):
    assert said(talk.session.receive("[" * 60_000, NOW))[0]["error"]["code"] == -32700


@pytest.mark.parametrize("started", [False, True])
@pytest.mark.parametrize("id", [7, "a"])
def test_a_ping_is_answered_at_any_time_with_our_clock(talk, started, id):
    if started:
        talk.start()
    before = talk.session.state
    assert said(talk.say(NOW + 3, type="session.ping", id=id)) == [{"type": "session.pong", "id": id, "at": NOW + 3}]
    assert said(talk.say(NOW + 3, type="session.ping")) == [{"type": "session.pong", "at": NOW + 3}]
    assert talk.session.state is before
    assert said(talk.say(type="session.ping", id={}))[0]["code"] == "bad_message"
