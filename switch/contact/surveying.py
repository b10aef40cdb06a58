"""After the talk: the agent hangs up, and the caller who stays is asked how it was.

Only who was served is asked: a caller from outside, whom a queue led to an agent, and whom that agent has let go by
hanging up. Who was transferred is on the way to somebody else; who was cut off by a lost phone has nothing to praise.
The agent is free in the same step, and the recording ends with the talk. A survey is a walk like any other, but it leads
nowhere: it ends with the caller's hang-up, at its end, or when it has lasted as long as it may.
"""

from ivr.effects import Answered
from ivr.interpreter import Walk
from switch import causes
from switch.acd.rules import Survey
from switch.contact import ending, recording, walking
from switch.contact.state import Asked, Contact, Leg
from switch.events import Step, SurveyAnswered, SurveyEnded, SurveyStarted
from switch.house import House


def after_talk(house: House, contact: Contact, leg: Leg, ended_by: str) -> bool:
    """This agent ends the talk: whether the caller stays, to be asked. Else nothing has changed."""
    rules = _rules(house, contact, leg, ended_by)
    if rules is None:
        return False
    queue = contact.served_queue
    _let_go(house, contact)
    _begin(house, contact, rules, leg.agent, queue)
    return True


def _rules(house: House, contact: Contact, leg: Leg, ended_by: str) -> Survey | None:
    """What is asked; None = nothing."""
    queue, caller = house.settings.queues.get(contact.served_queue), contact.caller_leg
    if queue is None or queue.survey is None or ended_by != "agent" or contact.ended or contact.survey is not None:
        return None
    served = contact.agent_leg is not None and contact.transfer is None and contact.gone is None
    if not served or not leg.talked or leg is caller or caller.agent or not caller.up or caller.on_hold:
        return None
    rules = queue.survey
    if not (tree := house.settings.trees.get(_tree(contact, rules))) or not tree.is_survey:
        return None
    return rules if rules.percent >= 100 or house.rng.random() * 100 < rules.percent else None


def _tree(contact: Contact, rules: Survey) -> str:
    language = contact.language
    return rules.languages.get(language) or rules.languages.get(language.split("-")[0]) or rules.tree


def _let_go(house: House, contact: Contact) -> None:
    """Everybody but the caller is out of it, and free."""
    caller = contact.caller_leg
    ending.stop_changes(house, contact)
    recording.finish(house, contact)
    for leg in [leg for leg in contact.legs.values() if leg is not caller]:
        house.drop(contact, leg, "agent", causes.name(16))
        ending.free_agent(house, contact, leg)
    contact.agent_leg, contact.others = None, []
    contact.hearing.clear()
    caller.muted = False
    house.music(contact, caller, "")


def _begin(house: House, contact: Contact, rules: Survey, agent: str, queue: str) -> None:
    tree, came = house.settings.trees[_tree(contact, rules)], contact.tree
    contact.survey = Asked({"contact": contact.id, "survey": tree.name, "version": tree.version, "agent": agent,
                            "queue": queue, "tell_agent": rules.tell_agents})
    contact.tree, contact.prompts = tree, house.prompts
    contact.walk = Walk(tree, {"caller": contact.caller, "called": contact.called}, contact.language)
    contact.wake_at = house.now + rules.longest
    house.segment(contact, "survey", tree.name)
    house.tell(SurveyStarted(**contact.survey.about, tree=came.name if came else "",
                             tree_version=came.version if came else "", way=tuple(Step(*step) for step in contact.way)))
    walking.take(house, contact, contact.walk.start(house.now))


def answered(house: House, contact: Contact, effect: Answered) -> None:
    """One key, one answer: it is kept at once, whatever comes after it."""
    asked = contact.survey
    if asked is not None:
        asked.answers[effect.question] = effect.score
        house.tell(SurveyAnswered(**asked.about, question=effect.question, score=effect.score))


def enough(house: House, contact: Contact) -> None:
    """It has lasted as long as it may."""
    close(house, contact, "timeout")
    ending.end(house, contact, ended_by="ivr")


def close(house: House, contact: Contact, outcome: str) -> None:
    """The survey is over; does nothing the second time, or where there is none."""
    asked = contact.survey
    if asked is None or asked.over:
        return
    asked.over, answers = True, asked.answers
    score = sum(answers.values()) / len(answers) if answers else None
    house.tell(SurveyEnded(**asked.about, outcome=outcome, answers=dict(answers), score=score))


def cut(house: House, contact: Contact, ended_by: str) -> None:
    """The contact ends while it is asked."""
    close(house, contact, "hung_up" if ended_by in ("customer", "network") else "cut_off")
