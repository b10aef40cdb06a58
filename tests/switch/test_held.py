"""What the switch says that it holds."""

import os
import random
import socket
from pathlib import Path
from types import SimpleNamespace

from bench.core import PEER, SDP, request
from bench.switch import CONFIG
from media.orders import Load, Seats
from switch.clock import Clock
from switch.exchange import Exchange
from switch.held import alive, processes
from switch.loading import load
from switch.shell import Shell

AT_REST = {"seats": 1, "tasks": 1}
"""What is no leak; and besides, how many blocks Python has allocated."""


async def test_a_call_is_held_while_it_is_up_and_an_empty_house_holds_nothing():
    settings = load(CONFIG)
    exchange = Exchange(settings, settings.prompts, random.Random(1), recordings="")
    exchange.media(Seats([10_000]), 1.0)
    shell = Shell(exchange, Clock(), SimpleNamespace(lag=0, write_traces=None), None)
    assert busy(shell) == AT_REST
    exchange.receive(request("INVITE", 1, body=SDP), PEER, 2.0)
    shell.media.on_reports([Load(1, 50, 0.0, 0.0, 0, 0.0)], 0)
    now = busy(shell)
    assert {name: now[name] for name in ("contacts", "legs", "media_rows", "media_legs", "calls", "dialogs", "transactions")
            } == dict.fromkeys(("contacts", "legs", "media_rows", "media_legs", "calls", "dialogs", "transactions"), 1)
    assert now["timers"] > 0 and "seats" not in now


def busy(shell):
    return {name: count for name, count in alive(shell).items() if count and name != "blocks"}


def test_our_own_process_with_its_handles_and_sockets():
    before = processes(os.getpid())[str(os.getpid())]
    with socket.socket(), socket.socket(), Path("/dev/null").open():
        now = processes(os.getpid())[str(os.getpid())]
    assert (now["sockets"] - before["sockets"], now["handles"] - before["handles"]) == (2, 3)
    assert 1 << 20 < now["memory"] <= now["most_memory"]
    assert now["threads"] >= 1


def test_children_are_found_and_who_ends_meanwhile_is_left_out(tmp_path):
    for pid, children in ((7, "8 9"), (8, "")):
        folder = tmp_path / str(pid)
        (folder / "task" / str(pid)).mkdir(parents=True)
        (folder / "fd").mkdir()
        (folder / "task" / str(pid) / "children").write_text(children)
        (folder / "statm").write_text("100 5 0 0 0 0 0\n")
        (folder / "status").write_text("Name:\tx\nVmHWM:\t   64 kB\nThreads:\t3\n")
    (tmp_path / "7" / "fd" / "0").symlink_to("socket:[99]")
    (tmp_path / "7" / "fd" / "1").symlink_to("/dev/null")
    told = processes(7, tmp_path)
    assert set(told) == {"7", "8"}
    page = os.sysconf("SC_PAGE_SIZE")
    assert told["7"] == {"memory": 5 * page, "most_memory": 65536, "handles": 2, "sockets": 1, "threads": 3}


def test_where_there_is_no_such_folder_nothing_is_told(tmp_path):
    assert processes(7, tmp_path / "nowhere") == {}
