"""What screens begin with: the state of the whole house as plain data, in the shapes of the CTI snapshot."""

from dataclasses import asdict
from typing import Any

from switch import opening, trunking
from switch.acd.desk import Desk
from switch.contact.changes import Consultation, Supervision, Transfer
from switch.contact.ringing import pop
from switch.contact.state import Contact, Leg, Returning
from switch.house import House


def snapshot(house: House, epoch: int, now: float) -> dict[str, Any]:
    """Agents, queues, contacts in progress, open reservations."""
    alive = [contact for contact in house.contacts.values() if not contact.ended]
    return {
        "agents": [_agent(house, agent) for agent in house.desk.rules],
        "queues": [_queue(house, queue, now) for queue in house.settings.queues],
        "contacts": [_contact(house, contact) for contact in alive],
        "reservations": [reservation for contact in alive for reservation in _reservations(house, contact)],
        "trunks": trunks(house),
        "hours": hours(house),
        "reasons": house.settings.system.reasons,
    }


def hours(house: House) -> list[dict[str, Any]]:
    """How each door stands."""
    return [opening.state(house, name) for name in house.doors.names]


def trunks(house: House) -> list[dict[str, Any]]:
    """How each trunk stands."""
    return [{"trunk": line.name, "state": "down" if not line.there else line.state, "since": line.since,
             "registration": line.registration, "calls": trunking.live(house, line.name)}
            for line in house.lines.lines.values()]


def hours_figures(house: House) -> dict[str, Any]:
    """The same for Prometheus."""
    states = {("hours", state["hours"]): float(state["open"]) for state in hours(house)}
    return {"hours_open": states} if states else {}


def trunk_figures(house: House) -> dict[str, Any]:
    """The same for Prometheus, and what was refused because it could cost too much."""
    if not house.lines.lines:
        return {}
    states = trunks(house)
    return {
        "trunk_up": {("trunk", state["trunk"]): float(state["state"] != "down") for state in states},
        "trunk_calls": {("trunk", state["trunk"]): float(state["calls"]) for state in states},
        "toll_refused_total": house.toll_refused, "toll_spikes_total": house.toll_spikes,
    }


def seat(desk: Desk, agent: str) -> dict[str, Any]:
    """What must survive a crash of an agent's seat: where they go when the calls of now are forgotten."""
    state = desk.state(agent)
    if state.state in ("logged_out", "ready", "not_ready"):
        return {"state": state.state, "reason": state.reason, "since": state.since}
    wanted = {"state": state.wish or "ready", "reason": state.wish_reason, "since": state.since}
    if state.state != "after_call_work":
        return wanted
    return wanted | {"work": state.contact, "until": state.until}


def _agent(house: House, agent: str) -> dict[str, Any]:
    state, user = house.desk.state(agent), house.settings.users[agent]
    rules = user.rules
    return {
        "agent": agent, "name": rules.name, "team": rules.team, "state": state.state, "reason": state.reason,
        "since": state.since, "contact": state.contact, "until": state.until,
        "phone": "registered" if state.reachable else "unregistered", "queues": rules.queues, "skills": rules.skills,
        "next": state.next, "next_reason": state.next_reason, "auto_answer": user.auto_answer,
    }


def _queue(house: House, queue: str, now: float) -> dict[str, Any]:
    figures, rules = house.desk.queue(queue, now), house.settings.queues[queue]
    return {
        "queue": queue, "waiting": figures.waiting, "oldest": figures.oldest, "staffed": figures.staffed,
        "ready": figures.ready, "expected_wait": figures.expected_wait,
        "closed": house.desk.refuses(queue) == "closed", **_shut(house, queue, now),
        "thresholds": asdict(rules.thresholds or house.settings.system.thresholds), "outcomes": rules.outcomes,
    }


def _shut(house: House, queue: str, now: float) -> dict[str, Any]:
    hand = house.shut.rules(queue, now)
    return {} if hand is None else {"closed_by": hand.by, "closed_why": hand.why, "closed_until": hand.until or 0.0}


def _contact(house: House, contact: Contact) -> dict[str, Any]:
    kind, owner = contact.segment
    tape = contact.tape
    return {
        "contact": contact.id, "caller": contact.caller, "caller_name": contact.caller_name, "called": contact.called,
        "direction": contact.direction, "offered_at": contact.offered_at, "answered_at": contact.answered_at,
        "segment": {"kind": kind, "owner": owner, "began": contact.segment_since},
        "agent": contact.agent_leg.party if contact.agent_leg is not None else "",
        "queue": contact.queue, "position": house.desk.position(contact.id) if contact.queue else 0,
        "legs": [_leg(leg) for leg in contact.legs.values()], "customer": contact.customer,
        "supervisions": [_supervision(told) for told in contact.supervisions], "returning": _returning(contact.returning),
        "consultation": _consultation(contact.consultation), "transfer": _transfer(contact.transfer),
        "conference": list(contact.conferring), "recording": tape.id if tape is not None else "",
        "recording_paused": tape is not None and tape.paused,
    }


def _leg(leg: Leg) -> dict[str, Any]:
    state = "held" if leg.on_hold else "established" if leg.up else "ringing"
    return {"leg": leg.id, "party": leg.party, "state": state, "since": leg.since, "trunk": leg.trunk, "muted": leg.muted}


def _reservations(house: House, contact: Contact) -> list[dict[str, Any]]:
    rings = [
        {"reservation": ring.reservation, "contact": contact.id, "agent": ring.agent, "queue": ring.queue,
         "state": "pending", "expires_at": ring.expires_at, "pop": pop(house, contact)}
        for ring in contact.rings.values() if ring.reservation
    ]
    return rings + [
        {"reservation": leg.reservation, "contact": contact.id, "agent": leg.agent, "queue": leg.reserved_by,
         "state": "accepted", "expires_at": 0.0, "pop": pop(house, contact)}
        for leg in contact.legs.values() if leg.reservation
    ]


def _consultation(told: Consultation | None) -> dict[str, Any] | None:
    return None if told is None else {
        "consultation": told.id, "by": told.by.party, "to": told.to, "state": told.state, "since": told.began,
        "party": told.leg.party if told.leg is not None else "",
    }  # fmt: skip


def _supervision(told: Supervision) -> dict[str, Any]:
    return {
        "by": told.by, "agent": told.agent, "kind": told.kind, "leg": told.leg.id, "since": told.began,
        "state": "established" if told.up else "ringing", "tell_agent": told.told,
    }  # fmt: skip


def _returning(told: Returning | None) -> dict[str, Any] | None:
    return None if told is None else {"party": told.leg.party, "until": told.until}


def _transfer(told: Transfer | None) -> dict[str, Any] | None:
    return None if told is None else {
        "transfer": told.id, "kind": told.kind, "by": told.by, "to": told.to, "state": told.state, "note": told.note,
    }  # fmt: skip


def counts(house: House) -> dict[str, float]:
    """How many of everything are alive; all of them are zero in a house at rest but bindings, seats and what the guard
    remembers."""
    return {
        "contacts": len(house.contacts), "legs": len(house.rows), "calls": len(house.calls),
        "seats": len(house.seats), "journal_entries_total": house.journal.last,
        **{f"sip_{name}": count for name, count in house.endpoint.counts().items()},
        **{f"acd_{name}": count for name, count in house.desk.counts().items()},
        **house.endpoint.guard.counts(),
    }
