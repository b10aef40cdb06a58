"""What the registrar keeps; its rules on the wire stand in tests/wire/registrar.txt."""

import random

import pytest

from switch.sip.effects import Address, Binding, BindingsChanged
from switch.sip.errors import PeerError
from switch.sip.here import Here
from switch.sip.parsing import parse
from switch.sip.registrar import Registrar
from switch.sip.stack import Stack

PHONE = Address("udp", "192.0.2.10", 5070)


@pytest.fixture
def stack():
    stack = Stack(random.Random(1), Here(["192.0.2.1"], 5060), 0.5, "test")
    stack.now = 1000.0
    return stack


@pytest.fixture
def registrar(stack):
    return Registrar(stack, least=60, most=3600, limit=3)


def register(cseq, *contacts, expires="", call_id="c"):
    lines = "".join(f"Contact: {contact}\r\n" for contact in contacts)
    lines += f"Expires: {expires}\r\n" if expires else ""
    head = f"REGISTER sip:shoal SIP/2.0\r\nVia: SIP/2.0/UDP h;branch=z9hG4bK{cseq}\r\nFrom: <sip:1@x>;tag=1\r\n"
    request = parse(f"{head}To: <sip:1@x>\r\nCall-ID: {call_id}\r\nCSeq: {cseq} REGISTER\r\n{lines}\r\n".encode())
    request.arrive(PHONE)
    return request


def contacts(registrar, now=1000.0):
    return [binding.contact for binding in registrar.bindings("1", now)]


def test_beyond_the_limit_the_one_that_expires_first_makes_room(registrar):
    for number, seconds in enumerate([300, 100, 200, 400]):
        registrar.register("1", register(number + 1, f"<sip:p{number}@h>;expires={seconds}"))
    assert contacts(registrar) == ["sip:p0@h", "sip:p2@h", "sip:p3@h"]


@pytest.mark.parametrize("spelling", ["<sip:p@H:5060;transport=UDP>", "<sips:p@h:5060;ob;transport=udp>"])
def test_the_same_place_in_another_spelling_is_the_same_binding(registrar, spelling):
    registrar.register("1", register(1, "<sip:p@h:5060;transport=udp>"))
    registrar.register("1", register(2, spelling))
    assert len(registrar) == 1


def test_a_phone_that_restarted_has_a_new_call_id_and_may_count_anew(registrar):
    registrar.register("1", register(900, "<sip:p@h>", call_id="before"))
    registrar.register("1", register(1, "<sip:p@h>", call_id="after"))
    with pytest.raises(PeerError):
        registrar.register("1", register(1, "<sip:p@h>", call_id="after"))


def test_a_request_with_one_mistake_changes_nothing(registrar):
    with pytest.raises(PeerError):
        registrar.register("1", register(1, "<sip:good@h>", "<sip:bad@h>;expires=5"))
    assert len(registrar) == 0


@pytest.mark.parametrize(("wish", "seconds"), [("99999999999", 3600), ("soon", 3600), ("", 3600), ("90", 90)])
def test_wishes(registrar, wish, seconds):
    assert registrar.register("1", register(1, "<sip:p@h>", expires=wish)) == f"Contact: <sip:p@h>;expires={seconds}\r\n"


def test_what_is_restored_is_there_and_expires(stack, registrar):
    kept = Binding("1", "sip:p@h;ob", PHONE, 1100.0, "c", 5, "phone")
    registrar.restore((kept, Binding("2", "sip:q@h", PHONE, 1050.0, "c", 5)))
    assert registrar.bindings("1", 1000.0) == (kept,)
    assert stack.take() == []
    with pytest.raises(PeerError):
        registrar.register("1", register(5, "<sip:p@h;ob>"))
    stack.now = 1100.0
    stack.deadlines.run(1100.0)
    assert stack.take() == [BindingsChanged("2", (), "expired"), BindingsChanged("1", (), "expired")]
    assert len(registrar) == len(stack.deadlines) == 0


def test_what_expired_while_the_switch_was_down_goes_at_once(stack, registrar):
    registrar.restore((Binding("1", "sip:p@h", PHONE, 900.0, "c", 5),))
    assert registrar.bindings("1", 1000.0) == ()
    stack.deadlines.run(1000.0)
    assert stack.take() == [BindingsChanged("1", (), "expired")]
