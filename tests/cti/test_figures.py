"""The figures of now: pushed to supervisors who asked for them, once for what happens together; equal to the report's."""

import asyncio
from datetime import UTC

from world.day_file import Crew, Day
from world.people import CallerHabits

from cti.reports import report
from switch.journal import Journal
from switch.loading import load
from switch.today import Today
from tests.days.lived import live
from tests.switch.contact.conftest import CONFIG

from .fake_house import offered


async def test_supervisors_are_told_when_something_happens(switch):
    client = await switch.client()
    await client.start(switch.token("2002"), topics=("all", "figures"))
    first = await client.hear()
    assert (first["type"], first["queues"][0]["queue"], first["agents"]) == ("figures", "support", {"ready": 1})
    for _ in range(50):
        switch.house.tell(offered())
    second = await client.hear()
    assert second["queues"][0]["waiting"] == 2, "fifty events make one message"
    await client.socket.close()


async def test_the_same_message_goes_to_everybody_and_is_made_once(switch):
    clients = [await switch.client() for _ in range(5)]
    for client in clients:
        await client.start(switch.token("2002"), topics=("figures",))
    told = [await client.hear() for client in clients]
    assert {one["type"] for one in told} == {"figures"} and switch.house.asked_for_figures <= 2


async def test_agents_and_those_who_did_not_ask_are_not_told(switch):
    agent, other = await switch.client(), await switch.client()
    await agent.start(switch.token("1001"), topics=("all", "figures"))
    await other.start(switch.token("2002"))
    switch.house.tell(offered())
    await asyncio.sleep(0)
    assert not hasattr(switch.house, "asked_for_figures")


async def test_rest_tells_the_same(switch):
    for user, status in (("1001", 403), ("2002", 200)):
        headers = {"Authorization": f"Bearer {switch.token(user)}"}
        async with switch.http.get(f"{switch.url}/api/v1/figures", headers=headers) as response:
            assert response.status == status
            body = await response.json()
    assert body["queues"][0]["queue"] == "support"


class Nothing:
    """A store that knows of no day before."""

    async def standing(self, start):
        return []

    async def last_before(self, start):
        return 0


async def test_at_every_moment_of_a_day_they_are_the_reports():
    settings = load(CONFIG)
    day = Day(calls=(60, 90, 60), interval=900, agents={"day": Crew(count=5, queues={"support": 1, "billing": 2})},
              callers=CallerHabits(talk=60, patience=120))
    entries = live(settings, day).journal
    levels = {name: rules.service_level for name, rules in settings.queues.items()}
    journal = Journal()
    today = Today(Nothing(), journal)
    begins = entries[0].at // 86400 * 86400
    looked = 0
    for count, entry in enumerate(entries):
        journal.append(entry.event, entry.at)
        if count % 500 == 0 or count == len(entries) - 1:
            fold = await today.fold(entry.at, UTC, levels)
            whole = report(entries[:count + 1], begins, begins + 86400, UTC, levels)
            assert fold.queues(entry.at) == whole.queues
            looked += 1
    assert looked > 10 and whole.queues[0].offered > 100
