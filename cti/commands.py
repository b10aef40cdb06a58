"""From JSON-RPC 2.0 to an order that this person may give, or to the reason why not.

What a client wrote is checked in the order in which a person would ask: is it a request, do we know the method, are
the parameters right (msgspec says which one is not), and is it this person's business? An agent acts on its own seat
only; a supervisor on those of the team, and one without a team on everybody's.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import msgspec

from cti.house import Person
from cti.protocol import Command, CommandError, CommandFailure, CommandResult, Refusal
from cti.wrong import field_of, told
from switch.orders import ORDERS, HouseOrder, Order, SupervisorOrder

NOT_JSON = -32700
NOT_A_REQUEST = -32600
UNKNOWN_METHOD = -32601
BAD_PARAMS = -32602
OUR_FAULT = -32603
REFUSED = -32000

MESSAGES = {
    NOT_JSON: "Parse error", NOT_A_REQUEST: "Invalid Request", UNKNOWN_METHOD: "Method not found",
    BAD_PARAMS: "Invalid params", OUR_FAULT: "Internal error", REFUSED: "Refused",
}
LONGEST_KEY = 100


class Asked(NamedTuple):
    """An order that may be submitted. ``order.agent`` is filled in."""

    id: Any
    """What the answer carries; ``UNSET`` = a notification, no answer."""
    order: Order
    key: str
    """Idempotency key; empty = none."""


Answer = CommandResult | CommandFailure


class Mistake(Exception):
    """Why a request cannot be obeyed, before anybody tried."""

    def __init__(self, number: int, code: str, reason: str, field: str = "") -> None:
        super().__init__(reason)
        self.number = number
        self.refusal = Refusal(code=code, reason=reason, field=field)


def failure(number: int, code: str, reason: str, id: Any = None, field: str = "") -> CommandFailure:
    refusal = Refusal(code=code, reason=reason, field=field)
    return CommandFailure(id=None if id is msgspec.UNSET else id, error=error(number, refusal))


def error(number: int, refusal: Refusal) -> CommandError:
    return CommandError(code=number, message=MESSAGES[number], data=refusal)


def read_command(request: Any, person: Person, find: Callable[[str], Person | None]) -> Asked | CommandFailure:
    """One request, already JSON, of this person. ``find`` knows everybody who has a seat."""
    id = msgspec.UNSET
    try:
        command = _command(request)
        id = command.id
        params = dict(command.params)
        key = _key(params)
        order = _order(command.method, params)
        return Asked(id, msgspec.structs.replace(order, agent=_seat(order, person, find)), key)
    except Mistake as mistake:
        id = id if isinstance(id, int | float | str) else None
        return CommandFailure(id=id, error=error(mistake.number, mistake.refusal))


def _command(request: Any) -> Command:
    try:
        return msgspec.convert(request, Command)
    except msgspec.ValidationError as wrong:
        number = BAD_PARAMS if field_of(wrong) == "params" else NOT_A_REQUEST
        raise Mistake(number, "bad_request", told(wrong), field_of(wrong)) from None


def _key(params: dict[str, Any]) -> str:
    key = params.pop("key", "")
    if not isinstance(key, str) or len(key) > LONGEST_KEY:
        raise Mistake(BAD_PARAMS, "bad_params", f"key is a text of at most {LONGEST_KEY} characters", "key")
    return key


def _order(method: str, params: dict[str, Any]) -> Order:
    kind = ORDERS.get(method)
    if kind is None:
        raise Mistake(UNKNOWN_METHOD, "unknown_method", f"there is no method {method[:60]!r}")
    if "method" in params:
        raise Mistake(BAD_PARAMS, "bad_params", "`method` is not known here", "method")
    try:
        return msgspec.convert(params, kind)
    except msgspec.ValidationError as wrong:
        raise Mistake(BAD_PARAMS, "bad_params", told(wrong), field_of(wrong)) from None


def _seat(order: Order, person: Person, find: Callable[[str], Person | None]) -> str:
    """Whose seat it concerns, if this person may act there."""
    if isinstance(order, HouseOrder):
        if person.role != "supervisor":
            raise Mistake(REFUSED, "forbidden", "this is for supervisors")
        return ""
    if isinstance(order, SupervisorOrder):
        if person.role != "supervisor":
            raise Mistake(REFUSED, "forbidden", "this is for supervisors")
        if not order.agent:
            raise Mistake(BAD_PARAMS, "bad_params", "name the agent whose talk it is", "agent")
    seat = order.agent or person.user
    if seat == person.user:
        return seat
    if person.role != "supervisor":
        raise Mistake(REFUSED, "forbidden", "an agent acts on its own seat only", "agent")
    other = find(seat)
    if other is None:
        raise Mistake(REFUSED, "unknown_agent", f"there is no agent {seat[:60]}", "agent")
    if person.team and other.team != person.team:
        raise Mistake(REFUSED, "forbidden", f"agent {seat} is not of your team", "agent")
    return seat
