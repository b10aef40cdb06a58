"""A switch that listens on loopback alone hears no sound from another machine: a network namespace is that machine."""

import os
import socket
import subprocess
import sys

import pytest

from media.nearby import keep_near
from tests.conftest import find_tool, missing

HERE, THERE = "10.199.7.1", "10.199.7.2"
SEND = "import socket, sys; socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'far', (sys.argv[1], int(sys.argv[2])))"


@pytest.fixture
def elsewhere():
    """The name of a namespace with a cable to here."""
    ip = find_tool("ip")
    if os.geteuid() != 0:
        missing("only root may make a network namespace")
    name, ours, theirs = (f"{kind}{os.getpid()}" for kind in ("far", "va", "vb"))

    def do(*words: str) -> None:
        subprocess.run([ip, *words], check=True, capture_output=True)

    do("netns", "add", name)
    try:
        do("link", "add", ours, "type", "veth", "peer", "name", theirs, "netns", name)
        do("addr", "add", f"{HERE}/24", "dev", ours)
        do("link", "set", ours, "up")
        do("-n", name, "addr", "add", f"{THERE}/24", "dev", theirs)
        do("-n", name, "link", "set", theirs, "up")
        yield lambda port: do("netns", "exec", name, sys.executable, "-c", SEND, HERE, str(port))
    finally:
        do("netns", "del", name)


@pytest.mark.parametrize("near", [False, True])
def test_who_is_elsewhere_is_heard_only_where_everybody_is(elsewhere, near):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as seat, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as own:
        assert not near or keep_near(seat)
        seat.bind(("0.0.0.0", 0))
        seat.settimeout(5)
        elsewhere(seat.getsockname()[1])
        own.sendto(b"own", (HERE, seat.getsockname()[1]))
        heard = [seat.recv(100)]
        if not near:
            heard.append(seat.recv(100))
        assert heard == ([b"own"] if near else [b"far", b"own"])
