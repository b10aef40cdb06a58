"""Floods against a whole endpoint in simulated time: memory and timers stay bounded, and a call in progress is well."""

import random

import pytest

from switch.sip.digest import Answerer
from switch.sip.effects import Address, Banned, Ended, Forgiven, Informed, Offered, Transmit
from switch.sip.endpoint import Endpoint
from switch.sip.guard import Guard, GuardRules
from switch.sip.parsing import parse

FRIEND = Address("udp", "198.51.100.7", 5060)
NOW = 1_000_000.0
SDP = b"v=0\r\n"


def message(method, number, source=FRIEND, to="sip:5000@shoal", extra="", tag="", cseq=1):
    place = f"{source.host}:{source.port}"
    return (f"{method} {to} SIP/2.0\r\nVia: SIP/2.0/UDP {place};branch=z9hG4bK{method}{number}-{cseq}\r\n"
            f"From: <sip:a@b>;tag=1\r\nTo: <{to}>{';tag=' + tag if tag else ''}\r\nCall-ID: {number}@{source.host}\r\n"
            f"CSeq: {cseq} {method}\r\nContact: <sip:a@{source.host}:{source.port}>\r\n{extra}Content-Length: 0\r\n\r\n"
            ).encode()


def forged(number):
    return Address("udp", f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}", 5060)


class World:
    """An endpoint whose house answers every call at once, with a call of a friend in progress."""

    def __init__(self, **rules):
        self.endpoint = Endpoint(realm="shoal", passwords={"1001": "demo-1001"}, rng=random.Random(1), host="192.0.2.1",
                                 port=5060, guard=Guard(GuardRules(**rules)))
        self.endpoint.public = {"5000"}.__contains__
        self.now = NOW
        self.news = []
        self.most = {}
        self.tag = self.say(message("INVITE", "friend"))[-1].to_tag
        self.say(message("ACK", "friend", tag=self.tag))
        self.cseq = 1

    def say(self, data, source=FRIEND):
        return self._take(self.endpoint.receive(data, source, self.now))

    def _take(self, effects):
        answers = []
        for effect in effects:
            if isinstance(effect, Transmit):
                answers.append(parse(effect.data))
            else:
                self.news.append(effect)
            if isinstance(effect, Offered):
                answers += self._take(self.endpoint.answer(effect.call, SDP, self.now))
        return answers

    def count(self):
        for name, count in self.endpoint.counts().items():
            self.most[name] = max(count, self.most.get(name, 0))

    def run(self, seconds):
        end = self.now + seconds
        while (due := self.endpoint.deadline) is not None and due <= end:
            self.now = max(self.now, due)
            self._take(self.endpoint.wake(self.now))
        self.now = end
        self.count()

    def friend_is_well(self):
        self.cseq += 1
        answer, = self.say(message("INFO", "friend", tag=self.tag, cseq=self.cseq))
        assert answer.status == 200
        assert isinstance(self.news[-1], Informed)

    def over(self):
        """The friend hangs up, an hour passes, and nothing is left."""
        self.say(message("BYE", "friend", tag=self.tag, cseq=self.cseq + 1))
        self.run(90000)
        assert not any(self.endpoint.counts().values())


def test_invites_of_forged_addresses_that_never_acknowledge():
    world = World()
    for second in range(40):
        for number in range(100):
            source = forged(second * 1000 + number)
            world.say(message("INVITE", number, source), source)
        world.count()
        world.run(1)
        if second % 10 == 0:
            world.friend_is_well()
    assert world.most["dialogs"] <= 201
    assert world.most["transactions"] <= 2 * 200 * 2 + 10
    assert world.most["timers"] <= 5000
    assert not any(isinstance(news, Banned) for news in world.news)
    world.over()


def test_invites_for_what_is_not_there_leave_nothing():
    world = World()
    for number in range(1000):
        source = forged(number)
        world.say(message("INVITE", number, source, "sip:1001@shoal"), source)
        world.run(0.005)
    assert world.most["transactions"] <= 2 and world.most["dialogs"] == 1
    world.friend_is_well()
    world.over()


def test_registers_without_a_password_leave_nothing():
    world = World()
    statuses = set()
    for number in range(1000):
        source = forged(number)
        statuses |= {answer.status for answer in world.say(message("REGISTER", number, source, "sip:1001@shoal"), source)}
        world.run(0.005)
    assert statuses == {401}
    assert world.most["transactions"] <= 2
    world.friend_is_well()
    world.over()


@pytest.mark.parametrize("user", ["1001", "4242"])
def test_who_guesses_passwords_is_banned_and_later_heard_again(user):
    world, cracker = World(), Address("udp", "203.0.113.66", 5099)
    answered = 0
    for number in range(30):
        challenge = world.say(message("REGISTER", number, cracker, f"sip:{user}@shoal"), cracker)
        if not challenge:
            break
        answerer = Answerer(user, f"guess-{number}", random.Random(number))
        answerer.take(401, challenge[0].fields["www-authenticate"])
        proof = answerer.line("REGISTER", "sip:shoal")
        answered += len(world.say(message("REGISTER", number, cracker, f"sip:{user}@shoal", proof, cseq=2), cracker))
    assert answered == 10
    banned, = [news for news in world.news if isinstance(news, Banned)]
    assert (banned.source, banned.why, banned.until) == (cracker.host, "wrong_password", NOW + 60)
    world.friend_is_well()
    world.run(61)
    assert world.news[-1] == Forgiven(cracker.host, "served")
    assert world.say(message("REGISTER", 99, cracker, f"sip:{user}@shoal"), cracker)
    world.over()


def test_a_call_in_progress_survives_the_ban_of_its_address():
    """Somebody behind the same NAT scans; the call goes on and ends properly, and the scanner's port is not heard."""
    world, scanner = World(), FRIEND._replace(port=40000)
    for number in range(60):
        world.say(message("INVITE", f"s{number}", scanner, f"sip:{number}@shoal"), scanner)
    assert [news.why for news in world.news if isinstance(news, Banned)] == ["nowhere"]
    assert not world.say(message("OPTIONS", "x", scanner), scanner)
    world.friend_is_well()
    answer, = world.say(message("BYE", "friend", tag=world.tag, cseq=9))
    assert answer.status == 200 and isinstance(world.news[-1], Ended)


def test_scanners_hear_nothing():
    world, scanner = World(), Address("udp", "203.0.113.66", 5099)
    for method in ("OPTIONS", "REGISTER", "INVITE"):
        assert not world.say(message(method, method, scanner, extra="User-Agent: friendly-scanner\r\n"), scanner)
    world.over()


@pytest.mark.parametrize("target", ["sip:192.0.2.1", "sip:1001@shoal", "sip:4242@shoal", "sips:192.0.2.1"])
def test_who_asks_what_we_can_hears_nothing_unless_they_may_know_of_us(target):
    world, stranger, trunk = World(allow=("192.0.2.7/32",)), forged(1), Address("udp", "192.0.2.7", 5060)
    asked = "sip:192.0.2.1" if target.startswith("sips") else target
    assert not world.say(message("OPTIONS", 1, stranger, asked), stranger)
    answer, = world.say(message("OPTIONS", 2, stranger), stranger)
    assert answer.status == 200, "for a number that is for everybody"
    answer, = world.say(message("OPTIONS", 3, trunk, asked), trunk)
    assert answer.status == 200
    world.endpoint.guard.prove(stranger._replace(port=7000), NOW + 60)
    answer, = world.say(message("OPTIONS", 4, stranger, target), stranger)
    assert answer.status == (480 if target.startswith("sips") else 200), "somebody there has proved who they are"


def test_garbage_is_not_answered_and_keep_alives_are_no_offence():
    world, phone, noise = World(), Address("udp", "203.0.113.1", 5060), Address("udp", "203.0.113.2", 5060)
    for number in range(200):
        assert not world.say(b"\r\n\r\n", phone)
        assert not world.say(b"\0\0\0\0", phone)
        assert not world.say(b"GET / HTTP/1.1\r\nHost: shoal-%03d.example.com\r\n\r\n" % number, noise)
    assert [news.source for news in world.news if isinstance(news, Banned)] == [noise.host]
    assert world.say(message("OPTIONS", 1, phone), phone)


def test_a_known_and_an_unknown_user_are_answered_alike():
    """By each method, word for word but for what is random in every answer."""
    for method in ("REGISTER", "INVITE"):
        answers = []
        for user in ("1001", "4242"):
            answer, = World().say(message(method, "q", forged(1), f"sip:{user}@shoal"), forged(1))
            fields = {name: [value.replace(user, "USER").partition("nonce=")[0].partition(";tag=")[0] for value in values]
                      for name, values in answer.fields.items()}
            answers.append((answer.status, answer.reason, fields))
        assert answers[0] == answers[1]


def test_a_ban_is_lifted_by_hand():
    world, noise = World(), Address("udp", "203.0.113.2", 5060)
    for _ in range(60):
        world.say(b"x" * 100, noise)
    assert not world.say(message("OPTIONS", 1, noise), noise)
    done, effects = world.endpoint.lift(noise.host, "2001", world.now)
    assert done and effects == [Forgiven(noise.host, "lifted", "2001")]
    assert world.say(message("OPTIONS", 2, noise), noise)
    world.over()
