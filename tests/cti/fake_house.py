"""A house of paper: a journal that tests write into, orders that are noted, a store in dictionaries."""

import asyncio
from datetime import UTC
from pathlib import Path
from types import SimpleNamespace

from aiohttp import ClientSession, ClientWebSocketResponse, WSMsgType

from cti import report_agents
from cti.house import Person
from cti.protocol import Figures, QueueNow
from cti.report_agents import AgentTally
from cti.server import Server
from cti.states import AgentState, ContactState, LegState, QueueState, ReservationState, Snapshot
from switch.events import (
    AgentStateChanged,
    ContactEnded,
    ContactOffered,
    Event,
    Pop,
    ReservationCreated,
    SwitchStarted,
)
from switch.journal import Entry, Journal
from switch.orders import Order, OrderRefused
from switch.publisher import Outcome
from switch.quality import judging
from switch.quality.rules import Quality
from switch.versions import Version

SECRET = b"a secret of at least thirty-two bytes"
PEOPLE = [
    Person("1001", "Ann", "agent", "red"),
    Person("1002", "Ben", "agent", "red"),
    Person("1003", "Cho", "agent", "blue"),
    Person("2001", "Sue", "supervisor", "red"),
    Person("3001", "Quin", "quality", "red"),
    Person("2002", "Max", "supervisor", ""),
]


class FakeStore:
    def __init__(self) -> None:
        self.asked: list[tuple[str, dict]] = []
        self.records: dict[str, dict] = {}
        self.tapes: dict[str, dict] = {}
        self.paths: dict[str, Path] = {}
        self.known: dict[str, dict] = {}
        self.lines: dict[str, tuple[list, list]] = {}

    async def timeline(self, contact):
        return self.lines.get(contact, ([], []))

    async def contact(self, contact):
        return self.records.get(contact)

    async def contacts(self, **filters):
        self.asked.append(("contacts", filters))
        return list(self.records.values())

    async def recordings(self, **filters):
        self.asked.append(("recordings", filters))
        return list(self.tapes.values())

    async def recording(self, recording):
        return self.tapes.get(recording)

    async def recording_path(self, recording):
        return self.paths.get(recording)

    async def shape(self, recording, points):
        if recording not in self.paths:
            return None
        party = {"low": [-9] * 3, "high": [9] * 3, "loudness": [20] * 3, "talk": [(0.0, 1.0)]}
        return {"seconds": 3.0, "points": min(points, 3), "overlap": [], "silence": [(1.0, 3.0)],
                "parties": [party | {"party": "caller"}, party | {"party": "agent"}]}

    async def customers(self, *, text="", limit=50, offset=0):
        found = [one for one in self.known.values() if text in one["number"] or text in one["name"]]
        return found[offset : offset + limit]

    async def customer(self, number):
        return self.known.get(number)

    async def take_customers(self, customers):
        return await self.put_customers([one for one in customers if one.number != "bad"]), [
            "'bad' is no number" for one in customers if one.number == "bad"]

    async def put_customers(self, customers):
        for one in customers:
            self.known[one.number] = {"number": one.number, "name": one.name, "tags": list(one.tags)}
        return len(customers)

    async def agent_today(self, agent):
        return report_agents.figures(agent, [AgentTally(talk=60.0, calls=2, busy=60.0, longest=40.0)])

    async def report(self, *, first, last):
        return {"first": first, "last": last}


class FakeHouse:
    """``stored``: entries that are no longer in memory."""

    def __init__(self, *, epoch: int = 1, stored: tuple[Entry, ...] = (), keep: int = 100_000) -> None:
        self.epoch = epoch
        self.stored = list(stored)
        self.journal = Journal(last=len(stored), keep=keep)
        self.now = 0.0
        self.people = {person.user: person for person in PEOPLE}
        self.passwords: dict[str, bytes] = {}
        self.quality = Quality()
        self.orders: list[tuple[Order, str]] = []
        self.refuse: OrderRefused | None = None
        self.gate: asyncio.Event | None = None
        self.store = FakeStore()
        self.state = Snapshot()
        self.banned: dict[str, dict] = {}
        self.outcome = Outcome(2, True, ("agent 1001 is gone",), ("shoal.yaml: sip: port 5060 -> 5080",))
        self.published: list[tuple[str, bool]] = []
        self.stops: list[tuple[str, float | None, bool]] = []
        self.calls: list[int | None] = [3]
        self.stop_until: float | None = None
        self.server: Server | None = None
        self.tell(SwitchStarted(version="0", epoch=epoch))

    def tell(self, event: Event) -> int:
        """Something has happened."""
        entry = self.journal.append(event, self.now)
        self.stored.append(entry)
        if self.server is not None:
            self.server.notify()
        return entry.number

    def snapshot(self):
        return self.state

    async def submit(self, order, by):
        self.orders.append((order, by))
        if self.gate is not None:
            await self.gate.wait()
        if self.refuse is not None:
            raise self.refuse
        return {"number": self.journal.last}

    async def write_down(self, event):
        self.tell(event)

    def zone(self):
        return UTC

    def quality_forms(self, queues):
        return judging.forms(self.quality, queues)

    def judge(self, wish, queues, agents, recordings):
        return judging.judge(self.quality, wish, queues, agents, recordings)

    async def figures(self):
        self.asked_for_figures = getattr(self, "asked_for_figures", 0) + 1
        return Figures(at=self.now, queues=(QueueNow(queue="support", waiting=self.asked_for_figures),), agents={"ready": 1})

    def hours_week(self, name, at):
        if at == "soon":
            raise ValueError("write `18:05`")
        return f"the week of {name}" if name == "office" else None

    def authenticate(self, user, password):
        return self.people.get(user) if password == f"demo-{user}" else None

    def password_mark(self, user):
        return self.passwords.get(user, b"")

    def person(self, user):
        return self.people.get(user)

    def phone_pass(self, user, until):
        return {"uri": f"sip:{user}@127.0.0.1", "login": f"{user}-1", "password": "p", "realm": "shoal"}

    async def entries(self, after, limit):
        return [entry for entry in self.stored if entry.number > after][:limit]

    def bans(self):
        return list(self.banned.values())

    def lift_ban(self, source, by):
        return self.banned.pop(source, None) is not None

    async def publish(self, by, preview):
        outcome, self.published = self.outcome, [*self.published, (by, preview)]
        return outcome

    async def rollback(self, number, by):
        if number not in (1, 2):
            raise LookupError(number)
        return await self.publish(f"{by} {number}", False)

    def versions(self):
        return [Version(2, 1e9, "2002", ("queue support: wrap-up 10 s -> 20 s",), {}), Version(1, 9e8, "start", ("a",), {})]

    def stop(self, by, seconds, to_the_end):
        self.stops.append((by, seconds, to_the_end))
        return self.stop_state()

    def stop_state(self):
        calls = self.calls.pop(0)
        if calls is None:
            raise ConnectionResetError("the house is gone")
        return {"stopping": bool(self.stops), "calls": calls, "until": self.stop_until, "process": 0}

    async def tree_figures(self, tree, day):
        return [] if tree == "main" else None

    async def tree_picture(self, tree, day, shape, language, accepted):
        return f"<svg>{day}</svg>" if tree == "main" and shape in ("svg", "txt") else None

    def live(self):
        return {"status": "live", "loop_lag_seconds": 0.0}

    def ready(self):
        return {"status": "ready", "why": []}

    def health(self):
        return {"status": "ok"}

    async def held(self):
        return {"alive": {"legs": 2}, "processes": {}}

    def counts(self):
        return {"contacts": 3, "calls_total": 7}


def offered(contact: str = "c1", caller: str = "1234") -> ContactOffered:
    return ContactOffered(contact=contact, caller=caller, called="5000")


def reserved(contact: str = "c1", agent: str = "1001") -> ReservationCreated:
    pop = Pop(contact=contact, caller="1234")
    return ReservationCreated(contact=contact, reservation=f"r-{contact}", agent=agent, queue="support", expires_at=9.0,
                              pop=pop)


def ended(contact: str = "c1") -> ContactEnded:
    return ContactEnded(contact=contact, ended_by="customer", cause="normal_call_clearing")


def state(agent: str = "1001", state: str = "ready") -> AgentStateChanged:
    return AgentStateChanged(agent=agent, state=state)


def busy_snapshot() -> Snapshot:
    """Ann talks, Cho is offered somebody, one waits for nobody yet."""
    return Snapshot(
        agents=(
            AgentState(agent="1001", team="red", state="busy", contact="c1"),
            AgentState(agent="1002", team="red", state="ready"),
            AgentState(agent="1003", team="blue", state="reserved", contact="c2"),
        ),
        queues=(QueueState(queue="support", waiting=1),),
        contacts=(
            ContactState(contact="c1", caller="1", called="5000", offered_at=1.0, agent="1001",
                         legs=(LegState(leg="l1", party="1001", state="established"),)),
            ContactState(contact="c2", caller="2", called="5000", offered_at=2.0,
                         legs=(LegState(leg="l2", party="1003", state="ringing"),)),
            ContactState(contact="c3", caller="3", called="5000", offered_at=3.0, queue="support", position=1),
        ),
        reservations=(
            ReservationState(reservation="r2", contact="c2", agent="1003", expires_at=9.0,
                             pop=Pop(contact="c2", caller="2")),
        ),
    )


class Client:
    """A CTI client that a test speaks through: messages and events in the order in which they came."""

    def __init__(self, socket: ClientWebSocketResponse) -> None:
        self.socket = socket
        self.events: list[dict] = []

    async def say(self, **message) -> None:
        await self.socket.send_json(message)

    async def start(self, token: str, topics=("all",), cursor: str = "") -> dict:
        await self.say(type="session.start", token=token, topics=list(topics), cursor=cursor)
        return await self.hear()

    async def hear(self) -> dict:
        """The next message that is not a frame of events; events before it are kept."""
        while True:
            message = await self._next()
            if isinstance(message, dict):
                return message
            self.events += message

    async def until(self, number: int) -> list[str]:
        """Read until the event of this number has come; the types of all that came."""
        while not (self.events and int(self.events[-1]["id"].partition(":")[2]) >= number):
            self.events += await self._next()
        return [event["type"] for event in self.events]

    async def command(self, method: str, id=1, **params) -> dict:
        await self.say(jsonrpc="2.0", id=id, method=method, params=params)
        return await self.hear()

    async def _next(self):
        message = await asyncio.wait_for(self.socket.receive(), 5)
        assert message.type is WSMsgType.TEXT, message
        return message.json()


class Switch(SimpleNamespace):
    """A server over a fake house, and clients for it."""

    house: FakeHouse
    server: Server
    http: ClientSession
    url: str

    def token(self, user: str = "2002") -> str:
        return self.server.tokens.issue(self.house.people[user], self.server.clock())[0]

    def bearer(self, user: str = "2002") -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token(user)}"}

    async def client(self, **options) -> Client:
        return Client(await self.http.ws_connect(f"{self.url}/cti/v1", protocols=("cti.v1",), **options))
