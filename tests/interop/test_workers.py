"""Two media workers: calls on both are heard, and ``kill -9`` of one ends its own calls alone."""

import asyncio
import os
import signal
from itertools import count

from tests.interop.parties import nobody_left, until
from tests.interop.running import sound
from tests.interop.sound import SURE, likeness, mono
from tests.interop.test_crash import NO_HURRY, talk
from tests.laws import check_laws

ONE_SAYS, OTHER_SAYS = sound("en/demo-opening-hours"), sound("en/demo-payment-dates")
EARS = count(1)


def legs(switch):
    """How many each worker has, in their order."""
    said = switch.metrics()
    return tuple(said.get(f'shoal_media_worker_legs{{worker="{worker}"}}', 0.0) for worker in range(2))


async def is_heard(mouth, words, listener):
    """One speaks, and the other hears it."""
    ear = await listener.record(f"ear-{next(EARS)}")
    await mouth.say(words)
    await until(lambda: ear.exists() and ear.stat().st_size > 16_000 * 4, "four seconds are heard")
    await listener.do("stop")
    assert likeness(mono(words)[8000:24_000], mono(ear)) > SURE


async def test_two_workers_and_the_death_of_one(own):
    own.switch.configure("shoal.yaml", {"media": {"workers": 2, "pin": "auto"}})
    own.switch.configure(*NO_HURRY)
    own.switch.start()
    journal = await own.screen("2001")
    ann, at_ann = await own.agent("1001")
    one = await own.phone("4930111111")
    first = await talk(one, ann, journal)
    ben, at_ben = await own.agent("1002")
    two = await own.phone("4930222222")
    second = await talk(two, ben, journal)
    await until(lambda: legs(own.switch) == (2.0, 2.0), "each worker has a call")
    await asyncio.gather(is_heard(one, ONE_SAYS, ann), is_heard(ann, OTHER_SAYS, one), is_heard(two, OTHER_SAYS, ben))

    workers = sorted(own.switch.children())
    assert len(workers) == 2
    os.kill(workers[0], signal.SIGKILL)
    ended = await journal.wait(type="contact.ended", contact=first)
    assert ended["ended_by"] == "system"
    for phone in (one, ann):
        await phone.wait(event="state", state="DISCONNECTED")
    await until(lambda: own.switch.health().get("status") == "ok" and own.switch.metrics()["shoal_media_up"] == 2.0,
                "another worker serves")
    await is_heard(ben, ONE_SAYS, two)
    assert not journal.all(type="contact.ended", contact=second)

    await at_ann.order("agent.endWrapUp")
    third = await talk(one, ann, journal)
    await until(lambda: legs(own.switch) == (2.0, 2.0), "the new one has a call")
    await is_heard(one, ONE_SAYS, ann)
    await one.hang_up()
    await two.hang_up()
    for contact in (second, third):
        await journal.wait(type="contact.ended", contact=contact)
    for screen in (at_ann, at_ben):
        await screen.order("agent.endWrapUp")
    await nobody_left(own.switch)
    own.switch.stop()
    check_laws(own.switch.journal(), finished=True)
    assert not own.switch.complaints(("the media worker died",)), own.switch.complaints()
