"""What one call and one step may cost, counted: each figure beside the number that it has today.

A figure above its number means that something has become dearer: find out what (``python -m bench counts`` prints all of
them, ``python -m bench profile core`` the functions). One that is far below means that somebody has made it cheaper: write
the new number down, so that it stays so.
"""

import sys

import pytest

from bench import counts
from switch.sip import message

pytestmark = pytest.mark.skipif(not message.__file__.endswith(".py"), reason="nobody sees calls of what is compiled")

A_CALL = {
    "journal entries": 8, "messages out": 3, "effects": 10,
    "Python calls": 583, "C calls": 572, "octets copied": 11_400,
    "parse": 3, "parse_via": 3, "parse_name_addr": 6, "parse_cseq": 3, "parse_uri": 5, "split": 2, "param": 5,
}
A_REFUSAL = {"Python calls": 154, "messages out": 1, "journal entries": 0, "transactions and timers": 0}
A_STEP = {
    "received or tried": 1.0, "sent": 1.0, "asked epoll, in a step": 1.0, "blocks kept, in a step": 3,
    "bytes needed for a moment, for a leg": 6_500, "calls beside sockets, in a step": 115,
}
OF_PYTHON = {"Python calls", "C calls", "octets copied"}
"""What differs a little from one Python to the next; the numbers are those of 3.11."""


@pytest.fixture(scope="module")
def a_call():
    return counts.of_a_call()


@pytest.fixture(scope="module")
def a_step():
    return counts.of_a_step()


@pytest.mark.parametrize("what", A_CALL)
def test_a_call(a_call, what):
    other_python = what in OF_PYTHON and sys.version_info[:2] != (3, 11)
    judge(what, a_call[what], A_CALL[what] * (1.1 if other_python else 1.0), lower=0 if other_python else 0.75)


@pytest.mark.parametrize("what", A_REFUSAL)
def test_a_refusal(what):
    other_python = what in OF_PYTHON and sys.version_info[:2] != (3, 11)
    most = A_REFUSAL[what] * (1.1 if other_python else 1.0)
    judge(what, counts.of_a_refusal()[what], most, lower=0 if other_python else 0.75)


@pytest.mark.parametrize("what", A_STEP)
def test_a_step(a_step, what):
    judge(what, a_step[what], A_STEP[what], lower=0 if what.startswith("blocks") else 0.75)


def judge(what, count, most, lower):
    assert count <= most, f"{what}: {count:.1f}, and it was {most:.0f}"
    assert count >= lower * most, f"{what}: only {count:.1f} now; write that down instead of {most:.0f}"
