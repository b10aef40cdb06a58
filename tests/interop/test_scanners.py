"""SIPVicious against a switch that runs: it learns no name, is heard no more, and a registered phone goes on.

It comes from the very address where the phone stands, as from an infected machine behind the same router: a phone that has
proved who it is, is heard although its address is banned. The three tools are run as their users run them: they give
themselves away by their name, get no answer at all and give up. Then they take a phone's name, and are answered, until ten
wrong passwords. svcrack dies of a challenge that names SHA-256, so here phones are asked for MD5, which operators may do.
"""

import asyncio
import importlib.util
import sys

from tests.conftest import missing
from tests.interop.marks import tried
from tests.interop.parties import nobody_left
from tests.interop.ports import free_port

HERE = "127.0.0.1"
KNOWN = ("1001", "1002", "1003")
DISGUISED = """
from sipvicious import {tool}
from sipvicious.libs.svhelper import makeRequest
names = [each if each != "friendly-scanner" else "Desk Phone 7" for each in makeRequest.__defaults__]
makeRequest.__defaults__ = tuple(names)
{tool}.main()
"""


async def attack(own, tool, *arguments, disguised=False, within=25.0):
    """One tool to its end, or until it has had its time; gives what it said."""
    how = ["-c", DISGUISED.format(tool=tool)] if disguised else ["-m", f"sipvicious.{tool}"]
    process = await asyncio.create_subprocess_exec(
        sys.executable, *how, "-P", str(free_port()), *arguments, HERE, cwd=own.folder, stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT)
    try:
        said, _ = await asyncio.wait_for(process.communicate(), within)
    except TimeoutError:
        process.kill()
        said, _ = await process.communicate()
    return said.decode(errors="replace")


@tried("SIPVicious", "UDP",
       "svmap, svwar, svcrack find nothing; the source is banned; a registered phone goes on")
async def test_it_finds_no_user_no_password_and_is_banned(own):
    if importlib.util.find_spec("sipvicious") is None:
        missing("sipvicious is not installed")
    own.switch.configure("shoal.yaml", {"sip": {"digest": ["MD5"]}, "guard": {"allow": ["::1"]}})
    own.switch.start()
    journal = await own.screen("2001")
    phone, _ = await own.agent("1001", ready=False)
    words = own.folder / "words"
    words.write_text("\n".join([*(f"guess-{number}" for number in range(40)), "demo-1001"]))
    port = str(own.switch.sip_port)
    names, guesses = ("-e", "1001-1003,4000-4040", "--force"), ("-u", "1001", "-d", str(words))

    said = await asyncio.gather(attack(own, "svmap", "-p", port), attack(own, "svwar", "-p", port, *names),
                                attack(own, "svwar", "-p", port, "-m", "INVITE", *names),
                                attack(own, "svcrack", "-p", port, *guesses, within=6))
    assert all("Shoal" not in each and "demo-1001" not in each for each in said), said
    assert all("found nothing" in each for each in said[:3]), said
    assert own.switch.metrics()["shoal_guard_unheard_total"] >= 3

    found = await attack(own, "svwar", "-p", port, *names, disguised=True)
    assert "found nothing" in found and not any(f"| {known} " in found for known in KNOWN), found
    cracked = await attack(own, "svcrack", "-p", port, *guesses, disguised=True, within=10)
    assert "demo-1001" not in cracked, cracked
    banned = await journal.wait(type="source.banned")
    assert (banned["source"], banned["why"]) == (HERE, "wrong_password"), banned
    metrics = own.switch.metrics()
    assert metrics["shoal_guard_banned"] == 1 and 9 <= metrics["shoal_guard_wrong_passwords_total"] < 20

    await phone.call("5000")
    await journal.wait(type="ivr.menu_entered")
    await phone.hang_up()
    await nobody_left(own.switch, within=40)
    own.switch.stop()
    assert not own.switch.complaints(), own.switch.complaints()
