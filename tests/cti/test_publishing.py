"""The configuration by REST and by the command line: who may publish it, and what they are told."""

import pytest

from cti.asking import AskRefused
from cti.publishing import reload, rollback, versions
from switch.events import Flaw
from switch.publisher import Outcome

WHO = ("2002", "demo-2002")
PUBLISH = "/api/v1/configuration/publish"
VERSIONS = "/api/v1/configuration/versions"


async def ask(switch, method, path, user):
    async with switch.http.request(method, switch.url + path, headers=switch.bearer(user)) as response:
        return response.status, await response.json()


async def test_a_supervisor_of_the_whole_house_publishes(switch):
    status, told = await ask(switch, "POST", PUBLISH, "2002")
    assert (status, told["version"], told["published"], told["changes"]) == (200, 2, True, ["agent 1001 is gone"])
    await ask(switch, "POST", f"{PUBLISH}?preview=1", "2002")
    assert switch.house.published == [("2002", False), ("2002", True)]
    assert [row["version"] for row in (await ask(switch, "GET", VERSIONS, "2002"))[1]] == [2, 1]
    assert (await ask(switch, "POST", f"{VERSIONS}/1/rollback", "2002"))[0] == 200
    for number in ("9", "x", "-1"):
        assert (await ask(switch, "POST", f"{VERSIONS}/{number}/rollback", "2002"))[0] == 404


@pytest.mark.parametrize("user", ["1001", "2001"])
async def test_nobody_else_does(switch, user):
    for method, path in (("POST", PUBLISH), ("GET", VERSIONS), ("POST", f"{VERSIONS}/1/rollback")):
        assert (await ask(switch, method, path, user))[0] == 403
    assert switch.house.published == []


async def test_mistakes_are_told_one_by_one(switch):
    switch.house.outcome = Outcome(2, False, mistakes=(Flaw("queues.yaml", 3, "`a` is `b`", "write 1"),))
    status, told = await ask(switch, "POST", PUBLISH, "2002")
    assert (status, told["error"]["code"]) == (422, "mistakes")
    assert told["mistakes"] == [{"file": "queues.yaml", "line": 3, "what": "`a` is `b`", "instead": "write 1"}]
    with pytest.raises(AskRefused, match=r"version 2 goes on\nqueues.yaml:3: `a` is `b` — write 1"):
        await reload(switch.url, *WHO)


async def test_the_commands(switch):
    told = await reload(switch.url, *WHO)
    assert told.splitlines() == [
        "version 2 is published:", "  agent 1001 is gone", "this holds only when the switch is started anew:",
        "  shoal.yaml: sip: port 5060 -> 5080"]
    assert (await reload(switch.url, *WHO, True)).startswith("this would be published:")
    assert "queue support: wrap-up 10 s -> 20 s" in await versions(switch.url, *WHO)
    assert (await rollback(switch.url, *WHO, 1)).startswith("version 2 is published")
    with pytest.raises(AskRefused, match="no version 7"):
        await rollback(switch.url, *WHO, 7)
    switch.house.outcome = Outcome(2, False)
    assert await reload(switch.url, *WHO) == "nothing has changed; version 2 goes on"
