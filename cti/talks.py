"""Who talked with the caller and who asked whom, folded from one contact's entries.

Segments say who *has* the contact, one at a time. In a conference several talk; so each agent's own stretches are kept
beside them: an agent talks from the segment that names them, or from the conference that does, until their leg is gone,
the caller is on hold, or the agent is away with somebody whom they consult.
"""

import msgspec

import switch.events as told
from cti.record import Consult, ContactRecord, Talk, Transfer

ENDS = ("completed", "canceled", "failed")


def segment(record: ContactRecord, event: told.SegmentBegan, at: float) -> None:
    """In any segment but a talk nobody talks with the caller; a talk that follows a conference is its owner's."""
    talking = _talking(record)
    if event.kind != "talk":
        _end(record, talking, at)
    elif event.owner not in talking:
        _begin(record, (event.owner,), at)


def conferenced(record: ContactRecord, event: told.Conferenced, at: float) -> None:
    """These talk, and no others."""
    talking = _talking(record)
    _end(record, [agent for agent in talking if agent not in event.parties], at)
    _begin(record, [party for party in event.parties if party != record.caller and party not in talking], at)


def left(record: ContactRecord, party: str, at: float) -> None:
    """This party is gone, on hold, or away."""
    _end(record, [party], at)


def over(record: ContactRecord, at: float) -> None:
    """The contact is over."""
    _end(record, _talking(record), at)


def consulted(record: ContactRecord, event: told.ConsultationChanged, at: float) -> None:
    """A consultation stands like this."""
    consults = {consult.consultation: consult for consult in record.consults}
    consult = consults.get(event.consultation) or Consult(event.consultation, event.by, event.to, at)
    changes: dict[str, object] = {"party": event.party or consult.party}
    if event.state == "established" and not consult.answered:
        changes["answered"] = at
    if event.state in ENDS:
        outcome = event.why if event.state == "completed" else event.state
        changes |= {"ended": at, "outcome": outcome, "why": event.why if event.state != "completed" else ""}
    consults[event.consultation] = msgspec.structs.replace(consult, **changes)
    record.consults = tuple(consults.values())


def transferred(record: ContactRecord, event: told.TransferChanged, at: float) -> None:
    """What has become of the last transfer."""
    if event.state not in ENDS or not record.transfers or record.transfers[-1].outcome:
        return
    last = msgspec.structs.replace(record.transfers[-1], outcome=event.state, party=event.party, why=event.why)
    record.transfers = (*record.transfers[:-1], last)


def given_away(record: ContactRecord, event: told.Transferred | told.Diverted, at: float) -> None:
    """Somebody let go of the caller, or sent them on."""
    record.transfers += (Transfer(at, event.by, event.to, event.note),)


def _talking(record: ContactRecord) -> list[str]:
    return [talk.agent for talk in record.talks if not talk.ended]


def _begin(record: ContactRecord, agents: "tuple[str, ...] | list[str]", at: float) -> None:
    record.talks += tuple(Talk(agent, at) for agent in agents)
    record.agents += tuple(agent for agent in agents if agent not in record.agents)


def _end(record: ContactRecord, agents: list[str], at: float) -> None:
    record.talks = tuple(
        msgspec.structs.replace(talk, ended=at) if not talk.ended and talk.agent in agents else talk
        for talk in record.talks)
