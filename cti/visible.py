"""The part of a snapshot that a person may see, and asked for."""

import msgspec

from cti.audience import ALL, View
from cti.states import AgentState, ContactState, Snapshot


def visible(snapshot: Snapshot, view: View) -> Snapshot:
    """An agent sees its own seat and contacts, and every queue; a supervisor the team's, and calls of nobody yet."""
    everything, topics = ALL in view.topics, view.topics
    if everything and view.role == "supervisor" and not view.team:
        return snapshot
    agents = {agent.agent: agent for agent in snapshot.agents if _sees_agent(view, agent)}
    mine = "mine" in topics
    with_agents = everything or mine or "agents" in topics
    with_contacts = everything or mine or "contacts" in topics
    return msgspec.structs.replace(
        snapshot,
        agents=tuple(agents.values()) if with_agents else (),
        queues=snapshot.queues if everything or "queues" in topics else (),
        hours=snapshot.hours if everything or "queues" in topics else (),
        contacts=tuple(seen_contact(view, one) for one in snapshot.contacts
                       if with_contacts and sees_contact(view, one, agents)),
        trunks=snapshot.trunks if view.role == "supervisor" and (everything or "agents" in topics) else (),
        reservations=tuple(one for one in snapshot.reservations if with_contacts and one.agent in agents),
    )


def seen_contact(view: View, contact: ContactState) -> ContactState:
    """Without supervisors who listen unannounced, for agents."""
    unseen = {told.leg for told in contact.supervisions if not told.tell_agent}
    if view.role == "supervisor" or not unseen:
        return contact
    return msgspec.structs.replace(contact, supervisions=tuple(each for each in contact.supervisions if each.tell_agent),
                                   legs=tuple(leg for leg in contact.legs if leg.leg not in unseen))


def _sees_agent(view: View, agent: AgentState) -> bool:
    if view.role != "supervisor" or view.topics == {"mine"}:
        return agent.agent == view.user
    return not view.team or agent.team == view.team


def sees_contact(view: View, contact: ContactState, agents: dict[str, AgentState]) -> bool:
    """``agents``: those whom this view sees."""
    parties = {leg.party for leg in contact.legs}
    if contact.agent in agents or not parties.isdisjoint(agents):
        return True
    return view.role == "supervisor" and view.topics != {"mine"} and not contact.agent
