"""What follows a contact by rule (:mod:`switch.followups`): its facts are put together when it ends."""

from switch.contact.state import Contact
from switch.events import FollowupQueued, FollowupSkipped
from switch.followups.deciding import Decision, Facts, decide
from switch.followups.texts import length
from switch.house import House


def follow(house: House, contact: Contact) -> None:
    """Write down what is to be sent, and what is not, in the step in which the contact ends."""
    followups = house.settings.followups
    if not followups.rules or contact.direction != "inbound":
        return
    for decision in decide(followups, _facts(house, contact), house.followed, house.zone, house.now):
        _tell(house, contact, decision)
    changes, house.followed.changes = house.followed.changes, {}
    for name, until in changes.items():
        house.remember(f"followed/{name}", None if until is None else {"until": until})


def _tell(house: House, contact: Contact, decision: Decision) -> None:
    rule = house.settings.followups.rules[decision.rule]
    common = {"contact": contact.id, "followup": f"{contact.id}-{decision.rule}", "rule": decision.rule}
    if decision.skipped:
        house.tell(FollowupSkipped(**common, why=decision.skipped))
        return
    parts = length(decision.text).parts if rule.send == "sms" else 0
    house.tell(FollowupQueued(**common, kind=rule.send, sender=rule.by or "file", to=decision.to, text=decision.text,
                              parts=parts, due=decision.due, values=_facts(house, contact).values))


def _facts(house: House, contact: Contact) -> Facts:
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
                 contact.gave_up, contact.abandoned, talked, score, values)
