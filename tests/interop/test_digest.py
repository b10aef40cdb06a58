"""Who may register: the right password only, and nobody learns which users exist."""

import asyncio
import random
import re

from switch.sip.digest import Answerer
from tests.interop.parties import Screen


async def test_a_wrong_password_is_refused_on_a_real_phone(parties, switch):
    for user, password in (("1004", "guess"), ("4711", "demo-4711")):
        phone = await parties.phone(user, register=False, password=password)
        await phone.do("register")
        said = await phone.wait(event="registered")
        assert said["status"] == 401, said
        assert re.search(r"^Authorization: Digest .*algorithm=SHA-256", phone.messages(), re.M)
    states = {each["agent"]: each.get("phone", "unregistered")
              for each in await (await parties.screen("2001")).get("/api/v1/agents")}
    assert states["1004"] == "unregistered"


async def test_a_supervisor_has_a_phone_too(parties, switch):
    phone, journal = await parties.phone("2001"), await parties.screen("2001")
    await phone.call("5000")
    offered = await journal.wait(type="contact.offered")
    assert offered["caller"] == "2001"
    await phone.hang_up()


async def test_a_wrong_password_and_an_unknown_user_get_the_same_answers(switch):
    wrong = await _attempt(switch, "1001", "guess")
    unknown = await _attempt(switch, "4711", "guess")
    assert wrong == unknown
    assert [answer.partition("\r\n")[0] for answer in wrong] == ["SIP/2.0 401 Unauthorized"] * 2
    async with Screen("2001", switch.url) as screen:
        refusals = [await screen.refused("/auth/token", {"user": user, "password": "guess"}) for user in ("1001", "4711")]
    assert refusals[0] == refusals[1] and refusals[0][0] == 401


async def _attempt(switch, user, password):
    """Register over TCP with this password; both answers without what differs from request to request."""
    reader, writer = await asyncio.open_connection("127.0.0.1", switch.sip_port)
    answerer, answers = Answerer(user, password, random.Random(1)), []
    for number in (1, 2):
        uri = f"sip:{switch.sip}"
        writer.write((f"REGISTER {uri} SIP/2.0\r\nVia: SIP/2.0/TCP 127.0.0.1;branch=z9hG4bK{user}{number}\r\n"
                      f"From: <sip:{user}@{switch.sip}>;tag=1\r\nTo: <sip:{user}@{switch.sip}>\r\nCall-ID: {user}\r\n"
                      f"CSeq: {number} REGISTER\r\nMax-Forwards: 70\r\nContact: <sip:{user}@127.0.0.1:9>\r\n"
                      f"{answerer.line('REGISTER', uri)}Content-Length: 0\r\n\r\n").encode())
        answer = (await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 5)).decode()
        answerer.take(401, re.findall(r"^WWW-Authenticate: (.*)\r$", answer, re.M))
        answers.append(re.sub(rf'nonce="[^"]*"|(?<=tag=)[0-9a-f]+(?=\r\nCall)|{user}', "", answer))
    writer.close()
    return answers
