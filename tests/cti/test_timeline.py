"""One contact in time order: what came, what it caused, what was sent; as data, as a picture, and only for supervisors."""

from datetime import UTC

from cti.timeline import timeline_of
from cti.timeline_text import drawn
from switch import events as told
from switch.journal import Entry
from switch.traces import SipMessage

PHONE, DESK = "udp 192.0.2.7:5060", "tls 198.51.100.3:5061"
EVENTS = [
    (10.0, told.ContactOffered(contact="c1", caller="4930123", called="5000")),
    (10.2, told.MenuEntered(contact="c1", tree="main", version="1", menu="main", level=1)),
    (13.0, told.DigitPressed(contact="c1", digit="1", menu="main")),
    (13.0, told.ContactQueued(contact="c1", queue="support", position=1)),
    (20.0, told.CommandRefused(contact="c1", by="1002", command="call.answer", code="no_call", agent="1002")),
    (30.0, told.ContactEnded(contact="c1", ended_by="customer", cause="normal_call_clearing")),
]
WIRE = [
    SipMessage(10.0, False, "4930123", PHONE, "INVITE sip:5000@example.com", "1 INVITE"),
    SipMessage(10.0, True, "4930123", PHONE, "100 Trying", "1 INVITE"),
    SipMessage(10.0, True, "4930123", PHONE, "200 OK", "1 INVITE"),
    SipMessage(13.1, True, "1001", DESK, "INVITE sip:1001@198.51.100.3:5061;transport=tls", "1 INVITE"),
    SipMessage(13.3, False, "1001", DESK, "180 Ringing", "1 INVITE"),
    SipMessage(30.0, False, "4930123", PHONE, "BYE sip:5000@example.com", "2 BYE", "Q.850;cause=16"),
    SipMessage(30.0, True, "4930123", PHONE, "200 OK", "2 BYE"),
]
ENTRIES = [Entry(number, at, event) for number, (at, event) in enumerate(EVENTS, 1)]

PICTURE = """\
contact c1, 1970-01-01

                        4930123                       [shoal]                        1001
00:00:10.000     0.000     |------ INVITE sip:5000 ----->|                             |
00:00:10.000     0.000     | caller 4930123 calls 5000   |                             |
00:00:10.000     0.000     |<-------- 100 Trying --------|                             |
00:00:10.000     0.000     |<---------- 200 OK ----------|                             |
00:00:10.200     0.200     | caller 4930123 hears menu main of main, level 1           |
                           |                             |                             |
00:00:13.000     3.000     | caller 4930123 pressed 1 in main                          |
00:00:13.000     3.000     | caller 4930123 waits in support at 1, wait unknown        |
00:00:13.100     3.100     |                             |------ INVITE sip:1001 ----->|
00:00:13.300     3.300     |                             |<------- 180 Ringing --------|
                           |                             |                             |
00:00:20.000    10.000     | 1002 ordered call.answer, which was refused: no call      |
                           |                             |                             |
00:00:30.000    20.000     |-- BYE sip:5000, Q.850;ca~ ->|                             |
00:00:30.000    20.000     | ended by customer: normal call clearing                   |
00:00:30.000    20.000     |<------- 200 OK (BYE) -------|                             |

4930123: udp 192.0.2.7:5060
1001: tls 198.51.100.3:5061
"""


def test_what_came_stands_before_what_it_caused():
    made = timeline_of("c1", ENTRIES, WIRE)
    assert [line.text for line in made.lines[:4]] == [
        "INVITE sip:5000@example.com", "caller 4930123 calls 5000", "100 Trying", "200 OK"]
    assert made.lines[-3].text.startswith("BYE") and made.lines[-2].type == "contact.ended"
    assert made.parties == ("4930123", "1001")
    assert [line.after for line in made.lines] == sorted(line.after for line in made.lines)
    refused = next(line for line in made.lines if line.type == "command.refused")
    assert refused.text == "1002 ordered call.answer, which was refused: no call"


def test_the_picture():
    assert drawn(timeline_of("c1", ENTRIES, WIRE), UTC) == PICTURE


def test_a_contact_of_which_nothing_was_traced_is_told_all_the_same():
    picture = drawn(timeline_of("c1", ENTRIES, ()), UTC)
    assert "caller 4930123 calls 5000" in picture and "no SIP message" in picture


def test_nothing_in_it_commands_a_terminal():
    wire = [SipMessage(1.0, False, "\x1b[31m", PHONE, "INVITE sip:\x1b]0;x\x07@h", "1 INVITE")]
    assert drawn(timeline_of("c1", [], wire), UTC).replace("\n", "").isprintable()


async def ask(switch, path, user):
    async with switch.http.get(f"{switch.url}/api/v1/contacts/{path}", headers=switch.bearer(user)) as response:
        return response.status, await (response.json() if response.content_type == "application/json" else response.text())


async def test_supervisors_see_it(switch):
    switch.house.store.records["c1"] = {"contact": "c1", "agents": ["1001"]}
    switch.house.store.lines["c1"] = ENTRIES, WIRE
    status, made = await ask(switch, "c1/timeline", "2001")
    assert (status, made["parties"]) == (200, ["4930123", "1001"])
    assert made["lines"][0] == {"at": 10.0, "after": 0.0, "text": "INVITE sip:5000@example.com", "party": "4930123",
                                "peer": PHONE, "cseq": "1 INVITE"}
    assert made["lines"][1]["event"]["type"] == "contact.offered" and made["lines"][1]["number"] == 1
    assert "INVITE sip:5000" in (await ask(switch, "c1/timeline?as=txt", "2002"))[1]


async def test_nobody_else_does(switch):
    switch.house.store.records["c1"] = {"contact": "c1", "agents": ["1003"]}
    switch.house.store.lines["c1"] = ENTRIES, WIRE
    assert (await ask(switch, "c1/timeline", "1003"))[0] == 403
    assert (await ask(switch, "c1/timeline", "2001"))[0] == 404, "not of this supervisor's team"
    assert (await ask(switch, "c2/timeline", "2002"))[0] == 404
