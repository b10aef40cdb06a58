"""REST over loopback: who may ask what, and how mistakes are answered."""

import pytest
from prometheus_client.parser import text_string_to_metric_families

import switch.events as told
from cti.login import LONGEST_DELAY, MOST_BODY, MOST_SOURCES, Patience
from cti.routes import ROUTES
from cti.states import AgentState, Snapshot

from .fake_house import FakeHouse, busy_snapshot


async def get(switch, path, user="2002", **options):
    async with switch.http.get(switch.url + path, headers=switch.bearer(user), **options) as response:
        return response.status, await response.json()


async def post(switch, path, body, user="2002", **options):
    async with switch.http.post(switch.url + path, data=body, headers=switch.bearer(user), **options) as response:
        return response.status, await response.json()


async def test_every_path_but_the_open_ones_wants_a_token(switch):
    for route in ROUTES:
        path = route.path.translate(str.maketrans("", "", "{}"))
        for headers in ({}, {"Authorization": "Bearer nonsense"}, {"Authorization": "Basic MTA6MTA="}):
            async with switch.http.request(route.method, switch.url + path, headers=headers) as response:
                assert (response.status == 401) is not route.open, path
                assert route.open or (await response.json())["error"]["code"] in ("no_token", "bad_token")


async def test_unknown_user_and_wrong_password_look_alike(switch):
    answers = []
    for user in ("1001", "nobody"):
        async with switch.http.post(f"{switch.url}/auth/token", json={"user": user, "password": "wrong"}) as response:
            answers.append((response.status, await response.json()))
    assert answers[0] == answers[1]
    assert answers[0][0] == 401


@pytest.mark.parametrize(("body", "code", "field"), [
    (b"{", "not_json", None), (b"[]", "bad_params", None), (b'{"user":"1001"}', "bad_params", "password"),
    (b'{"user":"1001","password":5}', "bad_params", "password"), (b"\xff", "not_json", None),
])
async def test_a_login_of_the_wrong_shape_is_named(switch, body, code, field):
    status, answer = await post(switch, "/auth/token", body)
    assert (status, answer["error"]["code"], answer["error"].get("field")) == (400, code, field)


async def test_strangers_cannot_fill_the_memory(switch):
    status, answer = await post(switch, "/auth/token", b" " * (MOST_BODY + 1))
    assert (status, answer["error"]["code"]) == (413, "too_large")


def test_patience_wears_thin_and_comes_back():
    patience = Patience()
    delays = []
    for _ in range(8):
        delays.append(patience.delay("a", 0.0))
        patience.failed("a", 0.0)
    assert delays == [0.0, 0.1, 0.2, 0.4, 0.8, 1.6, LONGEST_DELAY, LONGEST_DELAY]
    assert patience.delay("b", 0.0) == 0.0
    assert patience.delay("a", 301.0) == 0.0
    patience.failed("a", 301.0)
    assert patience.delay("a", 301.0) == 0.1
    patience.succeeded("a")
    assert patience.delay("a", 301.0) == 0.0


def test_patience_does_not_remember_the_whole_world():
    patience = Patience()
    for number in range(MOST_SOURCES + 10):
        patience.failed(str(number), 0.0)
    assert len(patience._failures) == MOST_SOURCES


@pytest.mark.parametrize(("user", "agents", "contacts", "reservations"), [
    ("2002", ["1001", "1002", "1003"], ["c1", "c2", "c3"], 1), ("2001", ["1001", "1002"], ["c1", "c2", "c3"], 0),
    ("1001", ["1001"], ["c1"], 0), ("1003", ["1003"], ["c2"], 1), ("1002", ["1002"], [], 0),
])
async def test_a_snapshot_shows_what_its_reader_may_see(switch, user, agents, contacts, reservations):
    switch.house.state = busy_snapshot()
    _, seen = await get(switch, "/api/v1/snapshot", user)
    assert [agent["agent"] for agent in seen["agents"]] == agents
    assert [contact["contact"] for contact in seen["contacts"]] == contacts
    assert len(seen["reservations"]) == reservations
    assert [queue["queue"] for queue in seen["queues"]] == ["support"]


async def test_agents_and_queues_one_by_one(switch):
    switch.house.state = busy_snapshot()
    assert len((await get(switch, "/api/v1/agents"))[1]) == 3
    assert (await get(switch, "/api/v1/agents/1001"))[1]["state"] == "busy"
    assert (await get(switch, "/api/v1/queues/support"))[1]["waiting"] == 1
    assert (await get(switch, "/api/v1/queues"))[1][0]["queue"] == "support"
    assert (await get(switch, "/api/v1/agents/1003", "1001"))[0] == 404
    assert (await get(switch, "/api/v1/queues/nowhere"))[1]["error"]["code"] == "not_found"


async def test_lists_are_limited_to_what_their_reader_may_see(switch):
    switch.house.state = busy_snapshot()
    store = switch.house.store
    await get(switch, "/api/v1/contacts?queue=support&caller=12&since=5&limit=10&offset=20")
    assert store.asked.pop()[1] == {"agents": None, "queue": "support", "caller": "12", "since": 5.0,
                                    "limit": 10, "offset": 20}
    for user, query, agents in (("1001", "", ("1001",)), ("2001", "", ("", "1001", "1002")),
                                ("2002", "?agent=1", ("1",)), ("2001", "?agent=1002", ("1002",))):
        await get(switch, f"/api/v1/recordings{query}", user)
        assert store.asked.pop()[1]["agents"] == agents
    assert (await get(switch, "/api/v1/contacts?agent=1003", "2001"))[0] == 403
    assert (await get(switch, "/api/v1/contacts?agent=1002", "1001"))[0] == 403


@pytest.mark.parametrize("query", ["limit=-1", "limit=501", "limit=x", "offset=²", "since=now", "until=nan",
                                   "caller=" + "1" * 201])
async def test_wrong_queries_are_named(switch, query):
    status, answer = await get(switch, f"/api/v1/contacts?{query}")
    assert (status, answer["error"]["field"]) == (400, query.partition("=")[0])


async def test_one_contact_is_for_those_who_had_it(switch):
    switch.house.store.records = {"c1": {"contact": "c1", "agents": ["1001"]}, "c2": {"contact": "c2"}}
    seen = {user: [(await get(switch, f"/api/v1/contacts/{contact}", user))[0] for contact in ("c1", "c2", "c9")]
            for user in ("1001", "1002", "2001", "2002")}
    assert seen == {"1001": [200, 404, 404], "1002": [404, 404, 404], "2001": [200, 200, 404], "2002": [200, 200, 404]}


async def test_a_recording_is_heard_whole_or_in_part_by_those_who_may(switch, tmp_path):
    (tmp_path / "r1.wav").write_bytes(b"RIFF" + bytes(range(100)))
    switch.house.store.tapes = {"r1": {"recording": "r1", "agent": "1001"}, "r2": {"recording": "r2", "agent": "1001"}}
    switch.house.store.paths = {"r1": tmp_path / "r1.wav", "r2": tmp_path / "gone.wav"}
    url = f"{switch.url}/api/v1/recordings/r1/audio"
    async with switch.http.get(url, headers=switch.bearer("1001")) as response:
        assert (response.status, response.content_type, len(await response.read())) == (200, "audio/wav", 104)
    async with switch.http.get(url, headers=switch.bearer("2001") | {"Range": "bytes=4-7"}) as response:
        assert (response.status, await response.read()) == (206, b"\0\1\2\3")
    async with switch.http.get(url, headers=switch.bearer("1001") | {"Range": "bytes=900-"}) as response:
        assert response.status == 416
    assert (await get(switch, "/api/v1/recordings/r1/audio", "1002"))[0] == 404
    assert (await get(switch, "/api/v1/recordings/r2/audio"))[0] == 404
    assert (await get(switch, "/api/v1/recordings/r1", "1001"))[1]["recording"] == "r1"


async def test_a_sound_in_a_page_is_opened_by_a_ticket_for_it_alone(switch, tmp_path):
    (tmp_path / "r1.wav").write_bytes(b"RIFF" + bytes(range(100)))
    store = switch.house.store
    store.tapes = {"r1": {"recording": "r1", "agent": "1001", "agents": ["1001", "1002"]},
                   "r2": {"recording": "r2", "agent": "1001"}}
    store.paths = {name: tmp_path / "r1.wav" for name in store.tapes}
    status, ticket = await post(switch, "/api/v1/recordings/r1/ticket", "", "1002")
    assert status == 200
    async with switch.http.get(switch.url + ticket["url"], headers={"Range": "bytes=4-7"}) as response:
        assert (response.status, await response.read()) == (206, b"\0\1\2\3")
    async with switch.http.get(switch.url + ticket["url"].replace("r1/audio", "r2/audio")) as response:
        assert response.status == 401
    bare = ticket["url"].partition("ticket=")[2]
    async with switch.http.get(f"{switch.url}/api/v1/contacts", headers={"Authorization": f"Bearer {bare}"}) as response:
        assert response.status == 401, "a ticket opens nothing else"
    token = switch.bearer("1001")["Authorization"].partition(" ")[2]
    async with switch.http.get(f"{switch.url}/api/v1/recordings/r1/audio?ticket={token}") as response:
        assert response.status == 401, "a token belongs into a header"
    assert (await post(switch, "/api/v1/recordings/r1/ticket", "", "1003"))[0] == 404


async def test_operations_may_keep_recordings_from_agents(run, tmp_path):
    async with run(FakeHouse(), agents_may_listen=False) as switch:
        switch.house.store.tapes = {"r1": {"recording": "r1", "agent": "1001"}}
        assert (await get(switch, "/api/v1/recordings/r1/audio", "1001"))[0] == 403
        assert (await post(switch, "/api/v1/recordings/r1/ticket", "", "1001"))[0] == 403


async def test_customers_are_written_by_supervisors_and_read_by_all(switch):
    url = f"{switch.url}/api/v1/customers/%2B44123"
    for user, status in (("1001", 403), ("2001", 200)):
        async with switch.http.put(url, json={"name": "Zoe", "tags": ["vip"]}, headers=switch.bearer(user)) as response:
            assert response.status == status
    assert (await get(switch, "/api/v1/customers/%2B44123", "1001"))[1]["name"] == "Zoe"
    assert len((await get(switch, "/api/v1/customers?text=Zo", "1001"))[1]) == 1
    assert (await get(switch, "/api/v1/customers/1", "1001"))[0] == 404


async def test_a_table_of_customers_is_imported_line_by_line(switch):
    table = "Number,Name,Tags\n+44 1,Zoe,vip;late\n,Nobody,\n+442,Bo,\n"
    status, answer = await post(switch, "/api/v1/customers/import", table.encode())
    assert (status, answer) == (200, {"imported": 2, "mistakes": [{"line": 3, "reason": "number is empty"}]})
    assert switch.house.store.known["+44 1"]["tags"] == ["vip", "late"]
    status, answer = await post(switch, "/api/v1/customers/import", b"name\nZoe")
    assert (status, answer["error"]["code"]) == (400, "bad_table")
    assert (await post(switch, "/api/v1/customers/import", table.encode(), "1001"))[0] == 403


async def test_reports_are_for_supervisors_and_of_days(switch):
    assert (await get(switch, "/api/v1/reports?day=2024-02-29"))[1] == {"first": "2024-02-29", "last": "2024-02-29"}
    span = "/api/v1/reports?from=2024-02-01&to=2024-02-29"
    assert (await get(switch, span))[1] == {"first": "2024-02-01", "last": "2024-02-29"}
    assert (await get(switch, "/api/v1/reports"))[0] == 400
    assert (await get(switch, "/api/v1/reports?day=yesterday"))[0] == 400
    assert (await get(switch, "/api/v1/reports?day=2024-02-29", "1001"))[0] == 403


async def test_commands_by_rest_are_the_same_commands(switch):
    request = b'{"jsonrpc":"2.0","id":1,"method":"agent.setState","params":{"state":"ready"}}'
    assert await post(switch, "/api/v1/commands", request, "1001") == (
        200, {"jsonrpc": "2.0", "id": 1, "result": {"number": 1}})
    assert (await post(switch, "/api/v1/commands", b"{", "1001"))[1]["error"]["code"] == -32700
    note = b'{"jsonrpc":"2.0","method":"agent.logIn"}'
    async with switch.http.post(f"{switch.url}/api/v1/commands", data=note, headers=switch.bearer("1001")) as response:
        assert response.status == 204
    assert [(order.agent, by) for order, by in switch.house.orders] == [("1001", "1001")] * 2


async def test_mistakes_of_all_kinds_are_json(switch):
    assert (await get(switch, "/nowhere"))[1] == {"error": {"code": "not_found", "reason": "Not Found"}}
    async with switch.http.delete(f"{switch.url}/health") as response:
        assert (response.status, (await response.json())["error"]["code"]) == (405, "method_not_allowed")
    switch.house.snapshot = lambda: 1 / 0
    status, answer = await get(switch, "/api/v1/snapshot")
    assert (status, answer["error"]["code"]) == (500, "internal")


async def test_pages_and_figures_need_no_token(switch):
    async with switch.http.get(f"{switch.url}/") as response:
        page = await response.text()
        assert (response.status, response.content_type) == (200, "text/html")
        assert "http://" not in page
        assert "https://" not in page
    async with switch.http.get(f"{switch.url}/health") as response:
        assert await response.json() == {"status": "ok"}
    async with switch.http.get(f"{switch.url}/metrics") as response:
        families = {family.name: family for family in text_string_to_metric_families(await response.text())}
    assert (families["shoal_contacts"].type, families["shoal_calls"].type) == ("gauge", "counter")
    assert families["shoal_calls"].samples[0].value == 7
    assert "shoal_cti_clients" in families


async def test_a_sick_house_says_so_in_its_status(switch):
    switch.house.health = lambda: {"status": "degraded", "why": "the store is behind"}
    async with switch.http.get(f"{switch.url}/health") as response:
        assert response.status == 503


@pytest.mark.parametrize("name, good, bad", [("live", "live", "stuck"), ("ready", "ready", "unready")])
async def test_who_restarts_and_who_balances_ask_for_themselves(switch, name, good, bad):
    async with switch.http.get(f"{switch.url}/health/{name}") as response:
        assert (response.status, (await response.json())["status"]) == (200, good)
    setattr(switch.house, name, lambda: {"status": bad, "why": ["the SIP ports are not open"]})
    async with switch.http.get(f"{switch.url}/health/{name}") as response:
        assert (response.status, (await response.json())["status"]) == (503, bad)


async def test_a_tree_is_drawn_for_supervisors(switch):
    url = f"{switch.url}/api/v1/trees/main.svg?day=2026-11-22"
    async with switch.http.get(url, headers=switch.bearer("2001")) as response:
        assert (response.status, response.content_type) == (200, "image/svg+xml")
        assert "default-src 'none'" in response.headers["Content-Security-Policy"]
        assert await response.text() == "<svg>2026-11-22</svg>"
    assert await get(switch, "/api/v1/trees/main") == (200, [])
    for path, user, status in (("main.svg", "1001", 403), ("other.svg", "2001", 404), ("main.png", "2001", 404),
                               ("main?day=x", "2001", 400), ("other", "2001", 404)):
        assert (await get(switch, f"/api/v1/trees/{path}", user))[0] == status


async def test_trees_are_counted_for_prometheus(switch):
    here = {"contact": "a", "tree": "main"}
    for event in (told.MenuEntered(**here, version="1", menu="top", level=1),
                  told.OptionChosen(**here, menu="top", digit="1", leads_to="queue:a"),
                  told.TreeLeft(**here, version="1", menu="top", outcome="queue:a")):
        switch.house.tell(event)
    async with switch.http.get(f"{switch.url}/metrics") as response:
        families = {family.name: family for family in text_string_to_metric_families(await response.text())}
    (way,) = families["shoal_tree_ways"].samples
    assert way.name == "shoal_tree_ways_total" and way.value == 1
    assert way.labels == {"tree": "main", "version": "1", "kind": "menu", "node": "top", "way": "options.1"}
    assert families["shoal_tree_node_seconds"].samples[0].name == "shoal_tree_node_seconds_total"
    assert families["shoal_tree_walks_completed"].samples[0].value == 1


@pytest.mark.parametrize(("user", "agent", "status"), [
    ("1001", "1001", 200), ("1001", "1002", 404), ("2001", "1002", 200), ("2001", "1003", 404), ("2002", "1003", 200),
])
async def test_agents_see_their_own_day_and_supervisors_the_teams(switch, user, agent, status):
    told, day = await get(switch, f"/api/v1/agents/{agent}/day", user)
    assert told == status
    if status == 200:
        assert (day["agent"], day["calls"], day["aht"], day["longest"]) == (agent, 2, 30.0, 40.0)


async def test_everybody_may_see_whom_a_call_may_be_led_to(switch):
    """But not which call they have, nor why they are away."""
    switch.house.state = Snapshot(agents=(AgentState(agent="1003", name="Cho", state="busy", contact="c1", reason="x"),))
    assert (await get(switch, "/api/v1/colleagues", "1001"))[1] == [{"agent": "1003", "name": "Cho", "state": "busy"}]


async def test_a_page_gets_a_pass_for_its_phone_that_ends_with_its_token(switch):
    headers = {"Authorization": f"Bearer {switch.token('1001')}"}
    async with switch.http.post(f"{switch.url}/api/v1/phone", headers=headers) as response:
        made = await response.json()
    expires_at = made.pop("expires_at")
    assert made == {"user": "1001", "uri": "sip:1001@127.0.0.1", "login": "1001-1", "password": "p", "realm": "shoal"}
    assert expires_at == switch.server.tokens.read(switch.token("1001"), 0).exp
    async with switch.http.post(f"{switch.url}/api/v1/phone") as response:
        assert response.status == 401
