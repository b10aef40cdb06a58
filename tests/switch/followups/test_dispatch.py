"""Follow-ups leave the house: into a file, to a real HTTP server, and once more after a kill."""

import asyncio
import json
import stat
from dataclasses import replace

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from switch.events import FollowupFailed, FollowupQueued, FollowupSent, SwitchStarted
from switch.followups.dispatch import CURSOR, Dispatch
from switch.followups.rules import Followups, Rule, Secret, Sender, When
from switch.followups.sending import nested
from switch.journal import Journal

NOW = 1_900_000_000.0
TEXT = FollowupQueued(contact="c1", followup="c1-branches", rule="branches", kind="sms", sender="file", to="+4915123",
                      text="火车站1号", parts=1, values={"caller": "+4915123", "queue": "support"})


class Gateway:
    """An HTTP server that answers what it is told to, and keeps what it was asked."""

    def __init__(self, *statuses, headers=None):
        self.statuses, self.headers, self.asked = list(statuses), headers or {}, []
        self.held = None

    async def answer(self, request):
        self.asked.append((request.path_qs, dict(request.headers), await request.text()))
        if self.held is not None:
            await self.held.wait()
        status = self.statuses.pop(0) if self.statuses else 200
        return web.Response(status=status, headers=self.headers)

    async def __aenter__(self):
        app = web.Application()
        app.router.add_route("*", "/{tail:.*}", self.answer)
        self.server = TestServer(app)
        await self.server.start_server()
        return self

    async def __aexit__(self, *_):
        await self.server.close()

    def sender(self, **more):
        return Sender(url=str(self.server.make_url("/send")), pause=0.1, **more)


class Desk:
    """A journal with one dispatch that reads it; a second one is what a restart makes."""

    def __init__(self, home, sender=None, journal=None, cursors=None):
        self.journal = journal or Journal()
        self.cursors = {} if cursors is None else cursors
        self.now = NOW
        if not self.journal.last:
            self.journal.append(SwitchStarted(version="1", epoch=1), NOW)
        rules = Followups(senders={"gate": sender} if sender else {}, rules={"branches": Rule(When(tree="main"))})
        self.dispatch = Dispatch(rules, home, self.journal, self, self.entries, self.write_down, lambda: self.now)

    def get_cursor(self, name):
        return self.cursors.get(name, 0)

    def set_cursor(self, name, number):
        self.cursors[name] = number

    async def entries(self, after, limit):
        return []

    def write_down(self, event):
        self.journal.append(event, self.now)
        self.dispatch.notify()

    def told(self, *kinds):
        return [entry.event for entry in self.journal.since(0) if isinstance(entry.event, kinds)]

    async def until(self, *kinds, count=1, busy=lambda: None):
        """Run until so much was told; time goes where the outbox waits."""
        task = asyncio.create_task(self.dispatch.run())
        try:
            async with asyncio.timeout(20):
                while len(self.told(*kinds)) < count:
                    await asyncio.sleep(0.005)
                    busy()
                    moment = self.dispatch.outbox.next(self.now)
                    if moment is not None and moment > self.now:
                        self.now = moment
                        self.dispatch.notify()
                for _ in range(5):
                    await asyncio.sleep(0.005)
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)


async def test_the_default_writes_a_line(tmp_path):
    desk = Desk(tmp_path)
    desk.write_down(TEXT)
    await desk.until(FollowupSent)
    file = tmp_path / "var" / "followups.jsonl"
    (line,) = map(json.loads, file.read_text(encoding="utf-8").splitlines())
    assert (line["id"], line["to"], line["text"], line["queue"]) == ("c1-branches", "+4915123", "火车站1号", "support")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert desk.dispatch.outbox.cursor == desk.journal.last and desk.dispatch.waiting(NOW) == (0, 0.0)
    assert desk.cursors[CURSOR] == 1, "kept seldom"


async def test_a_request_as_the_gateway_wants_it(tmp_path, monkeypatch, caplog):
    (tmp_path / "token").write_text("geheim-1\n", encoding="utf-8")
    monkeypatch.setenv("GATE_KEY", "geheim-2")
    async with Gateway(202) as gate:
        sender = gate.sender(
            headers={"Authorization": "Bearer {token}"},
            body={"message.to": "{to}", "message.text": "{text}", "key": "{key}"},
            secrets={"token": Secret(file="token"), "key": Secret(environment="GATE_KEY")})
        desk = Desk(tmp_path, replace(sender, url=sender.url + "?from={queue}"))
        desk.write_down(replace_event(sender="gate"))
        await desk.until(FollowupSent)
        ((path, headers, body),) = gate.asked
    assert path == "/send?from=support" and headers["Authorization"] == "Bearer geheim-1"
    assert headers["Idempotency-Key"] == "c1-branches"
    assert json.loads(body) == {"message": {"to": "+4915123", "text": "火车站1号"}, "key": "geheim-2"}
    assert "geheim" not in caplog.text + str(desk.journal.since(0))


def replace_event(**changes):
    import msgspec
    return msgspec.structs.replace(TEXT, **changes)


async def test_a_form(tmp_path):
    async with Gateway() as gate:
        desk = Desk(tmp_path, gate.sender(encoding="form", body={"To": "{to}", "Body": "{text}"}))
        desk.write_down(replace_event(sender="gate"))
        await desk.until(FollowupSent)
        assert gate.asked[0][2].startswith("To=%2B4915123&Body=%E7%81%AB")


async def test_a_gateway_that_is_away_is_tried_until_it_is_back(tmp_path):
    async with Gateway(503, 500, 302, 200, headers={"Location": "/elsewhere"}) as gate:
        desk = Desk(tmp_path, gate.sender())
        desk.write_down(replace_event(sender="gate"))
        await desk.until(FollowupSent)
        assert desk.told(FollowupSent)[0].tries == 4
        assert [path for path, _, _ in gate.asked] == ["/send"] * 4, "a redirection is not followed"
        assert {headers["Idempotency-Key"] for _, headers, _ in gate.asked} == {"c1-branches"}


async def test_nobody_listens_until_it_is_a_dead_letter(tmp_path):
    desk = Desk(tmp_path, Sender(url="http://127.0.0.1:9/", give_up=1.0, pause=600))
    desk.write_down(replace_event(sender="gate"))
    await desk.until(FollowupFailed)
    (failed,) = desk.told(FollowupFailed)
    assert failed.tries >= 2 and failed.why.startswith("Client")


@pytest.mark.parametrize("status", [400, 422])
async def test_what_the_gateway_refuses_is_not_tried_again(tmp_path, status):
    async with Gateway(status) as gate:
        desk = Desk(tmp_path, gate.sender())
        desk.write_down(replace_event(sender="gate"))
        await desk.until(FollowupFailed)
        assert desk.told(FollowupFailed)[0].why == f"status {status}" and len(gate.asked) == 1


async def test_a_secret_that_is_not_there_is_waited_for(tmp_path):
    async with Gateway() as gate:
        desk = Desk(tmp_path, gate.sender(headers={"X-Token": "{token}"}, secrets={"token": Secret(file="token")}))
        desk.write_down(replace_event(sender="gate"))

        def found():
            if desk.dispatch.state() and desk.dispatch.state()[0]["why"]:
                assert desk.dispatch.state()[0]["why"] == "secret token is not in token"
                (tmp_path / "token").write_text("here", encoding="utf-8")
        await desk.until(FollowupSent, busy=found)
        assert gate.asked[0][1]["X-Token"] == "here"


async def test_a_kill_between_the_request_and_its_answer_sends_it_again(tmp_path):
    async with Gateway() as gate:
        gate.held = asyncio.Event()
        desk = Desk(tmp_path, gate.sender())
        desk.write_down(replace_event(sender="gate"))
        task = asyncio.create_task(desk.dispatch.run())
        async with asyncio.timeout(10):
            while not gate.asked:
                await asyncio.sleep(0.01)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        assert desk.told(FollowupSent) == []
        gate.held.set()
        after = Desk(tmp_path, gate.sender(), desk.journal, desk.cursors)
        await after.until(FollowupSent)
        assert [headers["Idempotency-Key"] for _, headers, _ in gate.asked] == ["c1-branches"] * 2
        assert len(after.told(FollowupSent)) == 1


def test_names_with_points_lead_deeper():
    assert nested({"a.b.c": "1", "a.d": "2", "e": "3"}) == {"a": {"b": {"c": "1"}, "d": "2"}, "e": "3"}
