"""What the rooms tell, led to whom it concerns: a call to its contact, a phone or an agent to the journal and the desk."""

from collections.abc import Callable
from typing import Any

import structlog

import switch.acd.effects as acd
import switch.sip.effects as sip
from switch import trunking, view
from switch.contact import arrival, ending, media_news, negotiating, referring, returning, ringing, waiting
from switch.contact.state import Contact, Leg
from switch.events import AgentStateChanged, PhoneRegistered, PhoneUnregistered, SourceBanned, SourceForgiven
from switch.house import House, Next
from switch.watching import telling

log = structlog.get_logger("exchange")

Guard = Callable[..., None]
"""Runs a handler for one contact: ``guard(contact, handler, *arguments)``."""


def hear(house: House, told: sip.Told | acd.Effect | Next, guard: Guard) -> None:
    """One piece of news."""
    kind = type(told)
    if kind in _OF_CALLS:
        contact, leg = house.calls.get(told.call, (None, None))
        if contact is not None:
            guard(contact, _OF_CALLS[kind], leg, told)
    elif kind is Next:
        guard(told.contact, told.handler, *told.arguments)
    elif kind in _OF_QUEUES:
        if (contact := house.contacts.get(told.contact)) is not None:
            guard(contact, _OF_QUEUES[kind], told)
    else:
        _OF_THE_HOUSE[kind](house, told)


def _offered(house: House, told: sip.Offered) -> None:
    """A call that nobody knows yet. If we fail before there is a contact, the caller is told so."""
    try:
        arrival.offered(house, told)
    except Exception:
        log.exception("call failed", call=told.call, call_id=house.endpoint.call_id(told.call))
        house.settle(house.endpoint.refuse(told.call, 500, house.now))


def _bindings(house: House, told: sip.BindingsChanged) -> None:
    """A phone came or went: remember where it is before its 200 leaves, tell the desk, write it down."""
    value = {"bindings": [_plain(binding) for binding in told.bindings]} if told.bindings else None
    house.remember(f"phone/{told.user}", value)
    if told.why == "registered":
        telling.light(house, told.user)
    house.board.stirred.add(("agent", told.user))
    house.hold_back()
    if told.why != "refreshed" and told.bindings:
        house.tell(PhoneRegistered(agent=told.user, bindings=len(told.bindings),
                                   user_agent=told.bindings[-1].user_agent))
    elif not told.bindings:
        house.tell(PhoneUnregistered(agent=told.user, why=told.why))
    if told.user in house.desk.rules:
        house.settle(house.desk.phone(told.user, bool(told.bindings), house.now))
    if told.bindings:
        returning.registered(house, told.user)


def _banned(house: House, told: sip.Banned) -> None:
    house.remember(f"ban/{told.source}", house.endpoint.guard.plain(told.source))
    house.tell(SourceBanned(source=told.source, why=told.why, until=told.until))


def _forgiven(house: House, told: sip.Forgiven) -> None:
    house.remember(f"ban/{told.source}", None)
    house.tell(SourceForgiven(source=told.source, why=told.why, by=told.by))


def _plain(binding: sip.Binding) -> dict[str, Any]:
    fields = {name: getattr(binding, name) for name in binding.__slots__}
    return fields | {"source": list(binding.source)}


def _agent(house: House, told: acd.AgentChanged) -> None:
    house.board.stirred.add(("agent", told.agent))
    house.tell(AgentStateChanged(agent=told.agent, state=told.state, reason=told.reason, previous=told.previous,
                                 contact=told.contact, until=told.until, next=told.next, next_reason=told.next_reason))
    house.remember(f"agent/{told.agent}", view.seat(house.desk, told.agent) if told.agent in house.desk.rules else None)
    contact = house.contacts.get(told.contact)
    if told.state == "after_call_work" and contact is not None and contact.ended:
        house.then(contact, ending.wrap_up, told.agent)


def _progressed(house: House, contact: Contact, leg: Leg, told: sip.Progressed) -> None:
    if told.status > 100:
        ringing.progressed(house, contact, leg)
    if told.sdp is not None:
        negotiating.early(house, contact, leg, told)


def _answered(house: House, contact: Contact, leg: Leg, told: sip.Answered) -> None:
    if leg.up or told.call not in leg.forks:
        negotiating.renegotiated(house, contact, leg, told)
    else:
        ringing.answered(house, contact, leg, told)


_OF_THE_HOUSE: dict[type, Callable[..., None]] = {
    sip.Offered: _offered,
    sip.BindingsChanged: _bindings,
    sip.Banned: _banned,
    sip.Forgiven: _forgiven,
    sip.Subscribed: telling.subscribed,
    sip.Unsubscribed: telling.unsubscribed,
    acd.AgentChanged: _agent,
    sip.Probed: trunking.probed,
    sip.RegistrationState: trunking.registered,
}

_OF_CALLS: dict[type, Callable[..., None]] = {
    sip.Progressed: _progressed,
    sip.Answered: _answered,
    sip.Refused: ringing.refused,
    sip.Acknowledged: arrival.acknowledged,
    sip.Ended: ending.ended,
    sip.Stranded: returning.stranded,
    sip.Reoffered: negotiating.reoffered,
    sip.Informed: media_news.informed,
    sip.Referred: referring.referred,
}

_OF_QUEUES: dict[type, Callable[..., None]] = {
    acd.Joined: waiting.joined,
    acd.Left: waiting.left,
    acd.Announce: waiting.announce,
    acd.Reserve: ringing.reserve,
    acd.Release: ringing.released,
}
