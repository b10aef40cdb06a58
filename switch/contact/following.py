"""What follows a contact by rule (:mod:`switch.followups`): its facts are put together when it ends.

What agents say came of it may come later, in after-call work. So the facts of the last contact of each agent are kept until
the next one, and what an agent says is decided on when it is said; a rule that has held for a contact does not hold again.
They are remembered, as the after-call work is, so that a switch that is killed in between still knows what was promised.
"""

from dataclasses import replace
from typing import Any

import msgspec

from switch.contact.state import Contact
from switch.events import FollowupQueued, FollowupSkipped
from switch.followups.deciding import Decision, Facts, Known, decide
from switch.followups.texts import length
from switch.house import House


def follow(house: House, contact: Contact) -> None:
    """Write down what is to be sent, and what is not, in the step in which the contact ends."""
    followups = house.settings.followups
    if not followups.rules or contact.direction != "inbound":
        return
    known = Known(_facts(contact), said=contact.outcomes, agents=frozenset({contact.talked_with, *contact.outcomes} - {""}))
    _decide(house, known)
    if asks(house):
        for agent in sorted(known.agents):
            house.ended_of[agent] = known
        _keep(house, known)


def asks(house: House) -> bool:
    """Whether any rule asks what agents say came of a contact."""
    return any(rule.when.outcome for rule in house.settings.followups.rules.values())


def restore(house: House, agent: str, value: dict[str, Any]) -> None:
    """Take up what was remembered of this agent's last contact, which may be that of others, too."""
    known = msgspec.convert(value, Known)
    others = (each for each in house.ended_of.values() if each.facts.contact == known.facts.contact)
    house.ended_of[agent] = next(others, known)


def _keep(house: House, known: Known) -> None:
    for agent in sorted(known.agents):
        if house.ended_of.get(agent) is known:
            house.remember(f"ended/{agent}", msgspec.to_builtins(known))


def noted(house: House, contact: str, agent: str, outcome: str) -> None:
    """An agent says what came of a contact, which is over or not."""
    current = house.contacts.get(contact)
    if current is not None and not current.ended:
        current.outcomes[agent] = outcome
        return
    known = house.ended_of.get(agent)
    if known is not None and known.facts.contact == contact:
        known.said[agent] = outcome
        known.facts = replace(known.facts, outcomes=frozenset(known.said.values()))
        _decide(house, known, frozenset(known.held))
        _keep(house, known)


def _decide(house: House, known: Known, held: frozenset[str] | None = None) -> None:
    for decision in decide(house.settings.followups, known.facts, house.followed, house.zone, house.now, held):
        known.held.add(decision.rule)
        _tell(house, known.facts, decision)
    changes, house.followed.changes = house.followed.changes, {}
    for name, until in changes.items():
        house.remember(f"followed/{name}", None if until is None else {"until": until})


def _tell(house: House, facts: Facts, decision: Decision) -> None:
    rule = house.settings.followups.rules[decision.rule]
    common = {"contact": facts.contact, "followup": f"{facts.contact}-{decision.rule}", "rule": decision.rule}
    if decision.skipped:
        house.tell(FollowupSkipped(**common, why=decision.skipped))
        return
    parts = length(decision.text).parts if rule.send == "sms" else 0
    house.tell(FollowupQueued(**common, kind=rule.send, sender=rule.by or "file", to=decision.to, text=decision.text,
                              parts=parts, due=decision.due, values=facts.values))


def _facts(contact: Contact) -> Facts:
    asked = contact.survey
    answers = list(asked.answers.values()) if asked is not None else []
    score = sum(answers) / len(answers) if answers else None
    talked = contact.served_queue if contact.talked_with else ""
    values = contact.collected | {
        "caller": contact.caller, "caller_name": contact.customer.name or contact.caller_name, "called": contact.called,
        "queue": contact.abandoned or contact.served_queue, "agent": contact.talked_with,
        "tree": contact.trees[-1] if contact.trees else "", "score": "" if score is None else f"{score:g}",
        "contact": contact.id}
    return Facts(contact.id, contact.caller, contact.language, tuple(contact.trees), frozenset(contact.chose),
                 contact.gave_up, contact.abandoned, talked, score,
                 frozenset(contact.outcomes.values()), values)
