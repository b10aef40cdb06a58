"""Passes: what the phone in a page proves itself with, and how long."""

import random
from hashlib import md5

from switch.sip.effects import Address, BindingsChanged, Transmit
from switch.sip.endpoint import Endpoint
from switch.sip.passes import MOST, Passes

NOW = 1_000_000.0
PAGE = Address("wss", "192.0.2.10", 40001)


def test_a_pass_is_good_until_its_moment_and_belongs_to_its_user():
    passes = Passes(random.Random(1))
    made = passes.issue("1001", NOW + 60, NOW)
    assert made.user == "1001" and made.name != "1001" and len(made.password) == 32
    assert passes.find(made.name, NOW + 59) == made
    assert passes.find(made.name, NOW + 60) is None and passes.find("1001", NOW) is None
    passes.drop("1002")
    passes.drop("1001")
    assert passes.find(made.name, NOW) is None and not len(passes)


def test_a_user_has_so_many_and_those_that_are_over_go_first():
    passes = Passes(random.Random(1))
    first = passes.issue("1001", NOW + 1, NOW)
    kept = [passes.issue("1001", NOW + 60, NOW) for _ in range(MOST - 1)]
    other = passes.issue("1002", NOW + 60, NOW)
    passes.issue("1001", NOW + 60, NOW + 2)
    assert passes.find(first.name, NOW) is None and len(passes) == MOST + 1
    passes.issue("1001", NOW + 60, NOW + 2)
    assert passes.find(kept[0].name, NOW) is None and passes.find(kept[1].name, NOW) and passes.find(other.name, NOW)
    assert len(passes) == MOST + 1


class Page:
    """Registers with whatever it is given."""

    def __init__(self, **more):
        self.endpoint = Endpoint(realm="shoal", passwords={"1001": "secret", "1002": "other"}, rng=random.Random(7),
                                 host="192.0.2.1", port=5060, **more)
        self.count = 0

    def register(self, user, name, password, now=NOW, algorithm="MD5"):
        """The status of the answer, and whose phone is registered then."""
        challenge = self.say(user, now)[-1].data.decode()
        nonce = challenge.partition('nonce="')[2].partition('"')[0]
        secret = md5(f"{name}:shoal:{password}".encode()).hexdigest()
        asked = md5(b"REGISTER:sip:shoal").hexdigest()
        right = md5(f"{secret}:{nonce}:00000001:cc:auth:{asked}".encode()).hexdigest()
        said = self.say(user, now, f'Authorization: Digest username="{name}", realm="shoal", nonce="{nonce}", '
                                   f'uri="sip:shoal", response="{right}", '
                                   f'algorithm={algorithm}, cnonce="cc", qop=auth, nc=00000001\r\n')
        told = [effect.user for effect in said if type(effect) is BindingsChanged]
        return int(next(effect for effect in said if type(effect) is Transmit).data[8:11]), told

    def say(self, user, now, more=""):
        self.count += 1
        return self.endpoint.receive((
            f"REGISTER sip:shoal SIP/2.0\r\nVia: SIP/2.0/WSS a.invalid;branch=z9hG4bK{self.count}\r\nCall-ID: 1\r\n"
            f"From: <sip:{user}@shoal>;tag=a\r\nTo: <sip:{user}@shoal>\r\nCSeq: {self.count} REGISTER\r\n"
            f"Contact: <sip:x@a.invalid;transport=ws>\r\n{more}\r\n").encode(), PAGE, now)


def test_a_page_registers_with_a_pass_as_its_user_and_as_nobody_else():
    page = Page()
    made = page.endpoint.let_in("1001", NOW + 60, NOW)
    assert page.register("1001", made.name, made.password) == (200, ["1001"])
    assert page.register("1002", made.name, made.password)[0] == 403
    assert page.register("1001", made.name, "guessed")[0] == 401
    assert page.register("1001", "1001", made.password)[0] == 401
    assert page.register("1001", made.name, made.password, NOW + 61)[0] == 401, "it is over"
    page.endpoint.turn_out("1001")
    assert page.register("1001", made.name, made.password)[0] == 401


def test_where_md5_is_forbidden_it_is_good_for_passes_alone():
    page = Page(digest=("SHA-256",))
    assert b"algorithm=MD5" in page.say("1001", NOW)[-1].data, "a browser knows no other"
    made = page.endpoint.let_in("1001", NOW + 60, NOW)
    assert page.register("1001", made.name, made.password)[0] == 200
    assert page.register("1001", "1001", "secret")[0] == 401
