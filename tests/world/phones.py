"""The two kinds of people with phones: those who call, and those who answer."""

from collections import Counter

import switch.sip.effects as sip
from media import sdp
from switch.orders import LogIn, LogOut, OrderRefused, SetState
from switch.sip.effects import Address
from world.handing import Handing
from world.people import AgentHabits, CallerHabits, Plan, plan
from world.town import SWITCH, Town

CARRIER = Address("udp", "10.0.0.2", 5060)
RTP_PORT = 20000
"""Every phone's own RTP port: nothing is sent to it on paper."""
POLITE = 5.0
"""Seconds that a caller waits for the agent to hang up."""
HEARS_OUT = 30.0
"""Seconds that a caller who has answered waits to be thanked."""
LOOKS_AGAIN = 5.0
"""Seconds between two looks of an agent who wants to go home."""


class Carrier:
    """All callers, behind one gateway: one address and port, as many calls as come."""

    def __init__(self, town: Town, habits: CallerHabits) -> None:
        self.town = town
        self.habits = habits
        self.phone = town.phone(CARRIER, self._hear)
        self.offer = sdp.offer(host=CARRIER.host, port=RTP_PORT, session=1, version=0)
        self.callers: dict[str, Caller] = {}
        self.outcomes: Counter[str] = Counter()
        self.answered: dict[str, str] = {}
        """By number: what those pressed who were asked how it was."""

    def call(self, dials: str) -> None:
        """Somebody calls."""
        caller = Caller(self, plan(self.town.rng, self.habits, dials))
        self.callers[caller.call] = caller
        caller.dial()

    def _hear(self, told: sip.Told) -> None:
        caller = self.callers.get(told.call)
        if caller is not None:
            caller.hear(told)


class Caller:
    """One caller: dials, presses keys, waits as long as they can bear, talks, hangs up."""

    __slots__ = ("call", "carrier", "plan", "pressed", "rtp", "talking", "town")

    def __init__(self, carrier: Carrier, plan: Plan) -> None:
        self.carrier = carrier
        self.town = carrier.town
        self.plan = plan
        self.call = f"call-{self.town.rng.getrandbits(64):016x}"
        self.rtp = 0
        """The switch's RTP port for this call."""
        self.talking = False
        self.pressed = ""
        """The keys that were pressed when they were asked how it was."""

    def dial(self) -> None:
        """Go off hook."""
        uri = f"sip:{self.plan.dials}@{SWITCH.host}"
        self._act(self.carrier.phone.endpoint.invite(self.call, uri, SWITCH, self.town.now, caller=self.plan.number,
                                                     sdp=self.carrier.offer))

    def hear(self, told: sip.Told) -> None:
        """What the phone says."""
        if type(told) is sip.Answered:
            self.rtp = rtp_port(told.sdp)
            self.town.listen(self.rtp, self)
            self.town.after(self.plan.thinks, self._act_in_tree)
        elif type(told) is sip.Refused:
            self._over(f"refused {told.status}")
        elif type(told) is sip.Ended:
            self._over("talked" if self.talking else "served")

    def connected(self) -> None:
        """An agent speaks."""
        if not self.talking:
            self.talking = True
            self.town.after(self.plan.talk, self._say_goodbye)

    def goodbye(self) -> None:
        """The agent says goodbye, and hangs up."""

    @property
    def _there(self) -> bool:
        return self.call in self.carrier.callers

    def _act_in_tree(self, pressed: int = 0) -> None:
        """Press the keys one after the other, then wait."""
        if not self._there:
            return
        if pressed < len(self.plan.keys):
            self.town.press(self.rtp, self.plan.keys[pressed])
            self.town.after(self.plan.thinks, lambda: self._act_in_tree(pressed + 1))
        else:
            self.town.after(self.plan.patience, self._lose_patience)

    def _lose_patience(self) -> None:
        """Nobody waits for ever; but whoever is in a talk by now stays until its end."""
        if not self.talking:
            self._hang_up("gave up")

    def _say_goodbye(self) -> None:
        if self.plan.agent_ends and self._there:
            self.town.goodbye(self.rtp)
            self.town.after(POLITE, self._answer_questions)
        else:
            self._hang_up("talked")

    def _answer_questions(self, pressed: int = 0) -> None:
        """The agent is gone, and somebody asks how it was: press the keys that are meant to be answers, then wait a little.
        Whoever has nothing to say, or still hears the agent, hangs up."""
        if not self._there:
            return None
        if not self.plan.answers or self.town.hears(self.rtp):
            return self._hang_up("talked")
        if pressed == len(self.plan.answers):
            return self.town.after(HEARS_OUT, lambda: self._hang_up("talked"))
        self.town.press(self.rtp, self.plan.answers[pressed])
        self.pressed += self.plan.answers[pressed]
        return self.town.after(self.plan.thinks, lambda: self._answer_questions(pressed + 1))

    def _hang_up(self, why: str) -> None:
        if self._there:
            self._over(why)
            self._act(self.carrier.phone.endpoint.hang_up(self.call, self.town.now))

    def _over(self, why: str) -> None:
        del self.carrier.callers[self.call]
        self.carrier.outcomes[why] += 1
        if self.pressed:
            self.carrier.answered[self.plan.number] = self.pressed
        self.town.hush(self.rtp)

    def _act(self, effects: list[sip.Effect]) -> None:
        self.town.act(self.carrier.phone, effects)


class AgentAtWork:
    """One agent: registers the phone, logs in, picks up, talks, hangs up; comes back after a call that was missed."""

    def __init__(self, town: Town, number: str, habits: AgentHabits, place: int) -> None:
        self.town = town
        self.number = number
        self.habits = habits
        self.phone = town.phone(Address("udp", f"10.1.{place // 250}.{place % 250 + 1}", 5060), self._hear)
        self.agreed = sdp.answer(sdp.offer(host=SWITCH.host, port=RTP_PORT, session=1, version=0), session=1, version=0,
                                 host=self.phone.address.host, port=RTP_PORT).sdp
        """The answer to every offer of the switch: they differ in the port alone."""
        self.ringing: dict[str, bytes] = {}
        self.call = ""
        """The call that the agent has picked up."""
        self.rtp = 0
        self.answered = 0
        self.leaving = False
        self.handing = Handing(town, number, habits, lambda call: call == self.call, self._hang_up)

    def start_work(self) -> None:
        """Plug the phone in; log in when it is registered."""
        self._register(3600)

    def go_home(self) -> None:
        """Finish what is going on, log out, take the phone along."""
        self.leaving = True
        state = self._state
        if state in ("busy", "reserved"):
            self._click(SetState(state="not_ready", reason="end of shift"))
            return self.town.after(LOOKS_AGAIN, self.go_home)
        self._click(LogOut())
        return self._register(0)

    def vanish(self) -> None:
        """The cable is pulled, nobody says goodbye."""
        self.town.unplug(self.phone)
        self.town.hush(self.rtp)

    def connected(self) -> None:
        """A caller speaks, or a colleague."""
        self.handing.connected(self.call)

    def goodbye(self) -> None:
        """The caller says goodbye: hang up."""
        call = self.call
        self.town.after(0.5 + self.town.rng.random(), lambda: self._hang_up(call))

    @property
    def _state(self) -> str:
        return self.town.exchange.house.desk.state(self.number).state

    def _register(self, seconds: int) -> None:
        password = self.town.settings.users[self.number].password
        self._act(self.phone.endpoint.register(self.number, password, SWITCH, seconds, self.town.now))

    def _hear(self, told: sip.Told) -> None:
        kind = type(told)
        if kind is sip.Offered:
            self._ring(told)
        elif kind is sip.Ended:
            self._ended(told)
        elif kind is sip.RegistrationState and told.state == "registered" and self._state == "logged_out":
            self._click(LogIn())

    def _ring(self, told: sip.Offered) -> None:
        self.ringing[told.call] = told.sdp
        self._act(self.phone.endpoint.ring(told.call, self.town.now))
        if not self.habits.never_answers:
            self.town.after(0.5 + self.town.rng.expovariate(1 / self.habits.picks_up), lambda: self._answer(told.call))

    def _answer(self, call: str) -> None:
        offer = self.ringing.pop(call, None)
        if offer is None:
            return
        self.answered += 1
        self.call, self.rtp = call, rtp_port(offer)
        self.town.listen(self.rtp, self)
        self._act(self.phone.endpoint.answer(call, self.agreed, self.town.now))

    def _ended(self, told: sip.Ended) -> None:
        self.ringing.pop(told.call, None)
        if told.call == self.call:
            self.call = ""
            self.town.hush(self.rtp)
        self.town.after(self.habits.comes_back, self._come_back)

    def _hang_up(self, call: str) -> None:
        if call and call == self.call:
            self.call = ""
            self.town.hush(self.rtp)
            self._act(self.phone.endpoint.hang_up(call, self.town.now))

    def _come_back(self) -> None:
        """See whether the switch thinks that nobody sits here: a call rang out, or its end crossed the answer."""
        if self._state == "not_ready" and not self.leaving:
            self._click(SetState(state="ready"))

    def _click(self, order: LogIn | LogOut | SetState) -> None:
        try:
            self.town.obey(order, self.number)
        except OrderRefused as refusal:
            raise AssertionError(f"agent {self.number} may not {order}: {refusal}") from refusal

    def _act(self, effects: list[sip.Effect]) -> None:
        self.town.act(self.phone, effects)


def rtp_port(body: bytes) -> int:
    """The port of the audio line; the switch writes one, and people look no further."""
    return int(body.partition(b"m=audio ")[2].partition(b" ")[0])
