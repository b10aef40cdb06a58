"""The orders that an agent gives within a call, obeyed: one function an order, and how the call that it means is found."""

from collections.abc import Callable
from typing import Any

from media.orders import Press
from switch import orders
from switch.contact import (
    conferencing,
    consulting,
    ending,
    leaving,
    mixing,
    recording,
    ringing,
    supervising,
    surveying,
    talking,
    transferring,
)
from switch.contact.state import Contact, Leg
from switch.house import House
from switch.orders import OrderRefused

# -- an offer that rings ----------------------------------------------------------------------------------------------


def _answer(house: House, agent: str, order: orders.AnswerCall) -> dict[str, Any]:
    contact, ring = _ring(house, agent, order)
    if not house.settings.users[agent].auto_answer:
        raise OrderRefused("not_allowed", f"the phone of {agent} may not be told to pick up (auto_answer in agents.yaml)")
    ringing.pick_up(house, contact, ring)
    return {"contact": contact.id}


def _reject(house: House, agent: str, order: orders.RejectCall) -> dict[str, Any]:
    contact, ring = _ring(house, agent, order)
    ringing.turn_down(house, contact, ring)
    return {"contact": contact.id}


def _deflect(house: House, agent: str, order: orders.DeflectCall) -> dict[str, Any]:
    contact, ring = _ring(house, agent, order)
    transferring.deflect(house, contact, ring, order.to, order.note)
    return {"contact": contact.id, "transfer": contact.transfer.id}


# -- the talk ---------------------------------------------------------------------------------------------------------


def _hold(house: House, agent: str, order: orders.HoldCall) -> dict[str, Any]:
    contact, leg = _talk(house, agent, order)
    if leg.on_hold:
        raise OrderRefused("held", "the call is on hold already")
    if contact.consultation is not None and leg is contact.consultation.by:
        raise OrderRefused("consulting", "the caller is on hold while you consult; call.alternate swaps the two")
    talking.hold(house, contact, leg)
    return {"contact": contact.id}


def _retrieve(house: House, agent: str, order: orders.RetrieveCall) -> dict[str, Any]:
    contact, leg = _talk(house, agent, order)
    if contact.consultation is not None and leg is contact.consultation.by:
        raise OrderRefused("consulting", "swap with call.alternate, or go back with call.cancelConsult")
    if not leg.on_hold:
        raise OrderRefused("not_held", "the call is not on hold")
    talking.retrieve(house, contact, leg)
    return {"contact": contact.id}


def _clear(house: House, agent: str, order: orders.ClearCall) -> dict[str, Any]:
    if (supervised := _supervised(house, agent)) is not None:
        supervising.stop(house, supervised, agent)
        return {"contact": supervised.id}
    contact, leg = find(house, agent, order)
    if contact.consultation is not None and leg is contact.consultation.leg:
        leaving.left(house, contact, leg, ended_by="agent")
    elif not surveying.after_talk(house, contact, leg, "agent"):
        ending.end(house, contact, ended_by="agent")
    return {"contact": contact.id}


def _supervise(house: House, by: str, order: orders.SupervisorOrder) -> dict[str, Any]:
    if not order.agent or order.agent == by:
        raise OrderRefused("bad_agent", "name the agent whose talk it is")
    contact, leg = find(house, order.agent, order)
    if leg not in contact.parties:
        raise OrderRefused("not_connected", f"{order.agent} is not in the talk yet")
    supervising.supervise(house, contact, leg, by, SUPERVISION[type(order)])
    return {"contact": contact.id, "agent": order.agent, "kind": SUPERVISION[type(order)]}


def _stop_monitoring(house: House, by: str, order: orders.StopMonitoring) -> dict[str, Any]:
    contact = _supervised(house, by)
    if contact is None or order.contact not in ("", contact.id):
        raise OrderRefused("not_supervising", f"{by} is in nobody else's talk")
    supervising.stop(house, contact, by)
    return {"contact": contact.id}


def _transfer(house: House, agent: str, order: orders.TransferCall) -> dict[str, Any]:
    contact, leg = _talk(house, agent, order)
    transferring.transfer(house, contact, leg, order.to, order.note)
    return {"contact": contact.id}


def _requeue(house: House, agent: str, order: orders.RequeueCall) -> dict[str, Any]:
    contact, leg = _talk(house, agent, order)
    transferring.requeue(house, contact, leg, order.note)
    return {"contact": contact.id}


def _send_digits(house: House, agent: str, order: orders.SendDigits) -> dict[str, Any]:
    contact, leg = _talk(house, agent, order)
    if not order.digits or set(order.digits) - set("0123456789*#ABCD"):
        raise OrderRefused("bad_digits", "digits are 0-9, *, # and A-D")
    for other in mixing.listeners(contact, leg):
        house.order(Press(other.id, order.digits))
    return {"contact": contact.id}


# -- consultation and conference --------------------------------------------------------------------------------------


def _consult(house: House, agent: str, order: orders.ConsultCall) -> dict[str, Any]:
    contact, leg = _talk(house, agent, order)
    conferencing.room(contact)
    consulting.consult(house, contact, leg, order.to, order.note)
    return {"contact": contact.id, "consultation": contact.consultation.id}


def _in_consultation(how: Callable[[House, Contact, Leg], None]) -> Callable[..., dict[str, Any]]:
    def obey(house: House, agent: str, order: orders.CallOrder) -> dict[str, Any]:
        contact, leg = _talk(house, agent, order)
        identity = consulting.open_of(contact, leg).id
        how(house, contact, leg)
        return {"contact": contact.id, "consultation": identity}

    return obey


def _cancel(house: House, contact: Contact, _: Leg) -> None:
    consulting.cancel(house, contact)


def _drop(house: House, agent: str, order: orders.DropParty) -> dict[str, Any]:
    contact, leg = _talk(house, agent, order)
    conferencing.drop(house, contact, leg, conferencing.party(contact, leg, order.party))
    return {"contact": contact.id}


def _mute(house: House, agent: str, order: orders.MuteParty | orders.UnmuteParty) -> dict[str, Any]:
    contact, leg = _talk(house, agent, order)
    other = conferencing.party(contact, leg, order.party)
    conferencing.mute(house, contact, leg, other, isinstance(order, orders.MuteParty))
    return {"contact": contact.id}


# -- its recording ----------------------------------------------------------------------------------------------------


def _pause(house: House, agent: str, order: orders.PauseRecording) -> dict[str, Any]:
    contact = _recorded(house, agent, order)
    recording.pause(house, contact, agent)
    return {"contact": contact.id, "recording": contact.tape.id}


def _resume(house: House, agent: str, order: orders.ResumeRecording) -> dict[str, Any]:
    contact = _recorded(house, agent, order)
    recording.resume(house, contact, agent)
    return {"contact": contact.id, "recording": contact.tape.id}


# -- which call -------------------------------------------------------------------------------------------------------


def find(house: House, agent: str, order: orders.CallOrder) -> tuple[Contact, Leg]:
    """The agent's leg that is up, or that was dialled for them. Raises :class:`OrderRefused` when there is none."""
    seated = agent in house.desk.rules
    contact = house.contacts.get(house.desk.state(agent).contact) if seated else _of_supervisor(house, agent)
    if contact is None or contact.ended or order.contact not in ("", contact.id):
        raise OrderRefused("no_call", f"{agent} has no such call")
    told = contact.consultation
    consulted = told.leg if told is not None else None
    for leg in (contact.caller_leg, contact.agent_leg, *contact.others, consulted):
        if leg is not None and leg.agent == agent:
            return contact, leg
    raise OrderRefused("no_call", f"{agent} is not connected")


def _of_supervisor(house: House, user: str) -> Contact | None:
    """Who has no seat may have taken a caller over."""
    return next((each for each in house.contacts.values() if any(leg.agent == user for leg in each.parties)), None)


def _supervised(house: House, user: str) -> Contact | None:
    """The contact in which this supervisor is."""
    return next((each for each in house.contacts.values() if supervising.of(each, user) is not None), None)


def _talk(house: House, agent: str, order: orders.CallOrder) -> tuple[Contact, Leg]:
    contact, leg = find(house, agent, order)
    if contact.agent_leg is None or not leg.up:
        raise OrderRefused("not_connected", "nobody is connected yet")
    return contact, leg


def _recorded(house: House, agent: str, order: orders.CallOrder) -> Contact:
    contact, _ = _talk(house, agent, order)
    if contact.tape is None or contact.tape.finished:
        raise OrderRefused("not_recorded", "this call is not recorded")
    return contact


def _ring(house: House, agent: str, order: orders.CallOrder) -> tuple[Contact, ringing.Ring]:
    contact = house.contacts.get(house.desk.state(agent).contact) if agent in house.desk.rules else None
    if contact is not None and order.contact in ("", contact.id):
        for ring in contact.rings.values():
            if ring.agent == agent:
                return contact, ring
    raise OrderRefused("no_offer", f"no call is offered to {agent}")


SUPERVISION = {orders.MonitorCall: "monitor", orders.WhisperCall: "whisper", orders.BargeIn: "barge",
               orders.TakeOverCall: "take_over"}
HOW: dict[type, Callable[..., dict[str, Any]]] = {
    orders.AnswerCall: _answer, orders.RejectCall: _reject, orders.DeflectCall: _deflect, orders.HoldCall: _hold,
    orders.RetrieveCall: _retrieve, orders.ClearCall: _clear, orders.TransferCall: _transfer,
    orders.RequeueCall: _requeue, orders.SendDigits: _send_digits, orders.ConsultCall: _consult,
    orders.AlternateCall: _in_consultation(consulting.alternate),
    orders.CompleteCall: _in_consultation(consulting.complete),
    orders.ConferenceCall: _in_consultation(consulting.conference), orders.CancelConsult: _in_consultation(_cancel),
    orders.DropParty: _drop, orders.MuteParty: _mute, orders.UnmuteParty: _mute, orders.PauseRecording: _pause,
    orders.ResumeRecording: _resume, orders.StopMonitoring: _stop_monitoring, **dict.fromkeys(SUPERVISION, _supervise),
}
