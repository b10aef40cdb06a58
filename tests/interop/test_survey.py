"""A caller who stays when the agent has hung up is asked, and answers by the keys of a real phone."""

from tests.interop.parties import heard, seconds_of
from tests.interop.running import sound
from tests.interop.sound import SURE, likeness, mono

AGENT_SAYS = sound("en/demo-payment-dates")


async def test_a_caller_answers_two_questions_after_the_talk(own):
    own.switch.configure("queues.yaml", {"support": {"survey": {"tree": "survey"}}})
    own.switch.start()
    agent, screen = await own.agent("1001")
    caller, journal = await own.phone("4930333333"), await own.screen("2001")
    at_caller = await caller.record()
    await caller.call("5000")
    await journal.wait(type="ivr.menu_entered")
    await caller.do("press", digits="1")
    await agent.wait(event="incoming")
    await agent.answer()
    contact = (await screen.wait(type="call.established"))["contact"]
    await agent.say(AGENT_SAYS)
    await agent.wait(event="said")
    await agent.hang_up()
    await journal.wait(type="survey.started", contact=contact)
    assert (await screen.wait(type="agent.state", state="after_call_work"))["contact"] == contact
    asked = seconds_of(at_caller)
    await heard(at_caller, asked + 2.0)
    for digit, score in (("5", 5), ("3", 3)):
        await caller.do("press", digits=digit)
        await journal.wait(type="survey.answered", contact=contact, score=score)
    ended = await journal.wait(type="survey.ended", contact=contact)
    assert (ended["outcome"], ended["score"]) == ("completed", 4.0)
    await journal.wait(type="contact.ended", contact=contact)
    await caller.do("stop")
    assert likeness(mono(AGENT_SAYS), mono(at_caller)) > SURE
    assert likeness(mono(sound("en/survey-satisfied"))[:8000], mono(at_caller)) > SURE, "the caller hears the question"
    own.switch.stop()
    assert not own.switch.complaints(), own.switch.complaints()
