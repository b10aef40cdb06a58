import pytest
from hypothesis import given
from hypothesis import strategies as st

from cti.commands import Asked, read_command
from cti.protocol import CommandFailure
from switch.orders import ORDERS, HouseOrder, MakeCall, SetState, SupervisorOrder

from .fake_house import PEOPLE

BY_USER = {person.user: person for person in PEOPLE}
ANN, SUE, MAX = BY_USER["1001"], BY_USER["2001"], BY_USER["2002"]
SUPERVISED = [name for name, kind in ORDERS.items() if issubclass(kind, SupervisorOrder)]


def read(person=ANN, name="call.make", **params):
    return read_command({"jsonrpc": "2.0", "id": 1, "method": name, "params": params}, person, BY_USER.get)


def wrong(answer) -> tuple[int, str, str]:
    assert isinstance(answer, CommandFailure)
    return answer.error.code, answer.error.data.code, answer.error.data.field


def test_params_become_an_order_on_ones_own_seat():
    asked = read(to="1234", key="k1")
    assert asked == Asked(1, MakeCall(agent="1001", to="1234"), "k1")


def test_every_order_can_be_asked_for():
    least = {"agent.setState": {"state": "ready"}, "agent.extendWrapUp": {"seconds": 5}, "call.make": {"to": "1"},
             "call.transfer": {"to": "queue:a"}, "call.sendDigits": {"digits": "1"},
             "call.consult": {"to": "1"}, "call.deflect": {"to": "1"},
             "queue.pullForward": {"contact": "c"}, "queue.close": {"queue": "a"}, "queue.open": {"queue": "a"},
             "voicemail.markHeard": {"box": "a"}} | {name: {"agent": "1001"} for name in SUPERVISED} | {
                 f"hours.{word}": {"hours": "a"} for word in ("close", "open", "follow")}
    for method, kind in ORDERS.items():
        asker = SUE if issubclass(kind, HouseOrder | SupervisorOrder) else ANN
        assert type(read(asker, method, **least.get(method, {})).order) is kind


def test_who_is_supervised_is_named_and_of_the_team():
    assert wrong(read(ANN, "call.monitor", agent="1002"))[1] == "forbidden"
    assert wrong(read(SUE, "call.monitor"))[1] == "bad_params"
    assert wrong(read(SUE, "call.barge", agent="1003"))[1] == "forbidden"
    assert read(SUE, "call.whisper", agent="1001").order.agent == "1001"


def test_what_is_about_the_house_is_for_supervisors():
    assert wrong(read(ANN, "hours.close", hours="office"))[1] == "forbidden"


@pytest.mark.parametrize(("params", "field"), [
    ({}, "to"), ({"to": 5}, "to"), ({"to": "1", "spare": 1}, "spare"), ({"to": "1", "agent": None}, "agent"),
    ({"to": "1", "method": "call.clear"}, "method"), ({"to": "1", "key": 5}, "key"),
    ({"to": "1", "key": "k" * 101}, "key"),
])
def test_a_wrong_parameter_is_named(params, field):
    assert wrong(read(**params)) == (-32602, "bad_params", field)


def test_an_unknown_method_is_said_to_be_unknown():
    assert wrong(read(name="call.sing"))[:2] == (-32601, "unknown_method")


@pytest.mark.parametrize("request_", [
    {}, [], 5, None, "call.make", {"jsonrpc": "1.0", "id": 1, "method": "call.clear"}, {"jsonrpc": "2.0", "id": 1},
    {"jsonrpc": "2.0", "id": {}, "method": "call.clear"},
])
def test_what_is_not_a_request_is_said_not_to_be(request_):
    assert wrong(read_command(request_, ANN, BY_USER.get))[:2] == (-32600, "bad_request")


def test_params_by_position_are_bad_params():
    answer = read_command({"jsonrpc": "2.0", "id": 1, "method": "call.make", "params": ["1"]}, ANN, BY_USER.get)
    assert wrong(answer) == (-32602, "bad_request", "params")


def test_an_agent_acts_on_its_own_seat_only():
    assert read(to="1", agent="1001").order.agent == "1001"
    assert wrong(read(to="1", agent="1002")) == (-32000, "forbidden", "agent")
    assert wrong(read(to="1", agent="9999")) == (-32000, "forbidden", "agent")


def test_a_supervisor_acts_on_the_teams_seats():
    assert read(SUE, "agent.setState", state="ready", agent="1002").order == SetState(agent="1002", state="ready")
    assert wrong(read(SUE, to="1", agent="1003")) == (-32000, "forbidden", "agent")
    assert wrong(read(SUE, to="1", agent="9999")) == (-32000, "unknown_agent", "agent")


def test_a_supervisor_without_a_team_acts_on_everybodys():
    assert read(MAX, to="1", agent="1003").order.agent == "1003"


def test_the_answer_carries_the_id_even_when_the_params_are_wrong():
    answer = read_command({"jsonrpc": "2.0", "id": "x-1", "method": "call.make"}, ANN, BY_USER.get)
    assert answer.id == "x-1"


_json = st.recursive(st.none() | st.booleans() | st.integers() | st.text(), lambda inner: st.lists(inner)
                     | st.dictionaries(st.text(), inner), max_leaves=10)


@given(st.one_of(_json, st.fixed_dictionaries(
    {"jsonrpc": st.just("2.0"), "method": st.sampled_from([*ORDERS, "x"])},
    optional={"id": _json, "params": st.dictionaries(st.sampled_from(["to", "agent", "key", "state"]), _json)},
)))
def test_nothing_raises(request_):
    assert isinstance(read_command(request_, ANN, BY_USER.get), Asked | CommandFailure)
