"""The two kinds of people with phones: those who call, and those who answer."""

from collections import Counter

import switch.sip.effects as sip
from media import sdp
from switch.orders import LogIn, OrderRefused, SetState
from switch.sip.effects import Address
from world.people import AgentHabits, CallerHabits, Plan, plan
from world.town import SWITCH, Town

CARRIER = Address("udp", "10.0.0.2", 5060)


class Carrier:
    """All callers, behind one gateway: one address and port, as many calls as come."""

    def __init__(self, town: Town) -> None:
        self.town = town
        self.phone = town.phone(CARRIER, self._hear)
        self.callers: dict[str, Caller] = {}
        self.outcomes: Counter[str] = Counter()

    def call(self, habits: CallerHabits, dials: str) -> None:
        """Somebody calls."""
        caller = Caller(self, plan(self.town.rng, habits, dials))
        self.callers[caller.call] = caller
        caller.dial()

    def _hear(self, told: sip.Told) -> None:
        caller = self.callers.get(getattr(told, "call", ""))
        if caller is not None:
            caller.hear(told)


class Caller:
    """One caller: dials, presses keys, waits as long as they can bear, talks, hangs up."""

    def __init__(self, carrier: Carrier, plan: Plan) -> None:
        self.carrier = carrier
        self.town = carrier.town
        self.plan = plan
        self.call = f"call-{self.town.rng.getrandbits(64):016x}"
        self.offer = sdp.offer(host=CARRIER.host, port=20000, session=1, version=0)
        self.rtp = 0
        """The switch's RTP port for this call."""

    def dial(self) -> None:
        uri = f"sip:{self.plan.dials}@{SWITCH.host}"
        self._act(self.carrier.phone.endpoint.invite(self.call, uri, SWITCH, self.town.now, caller=self.plan.number,
                                                     sdp=self.offer))

    def hear(self, told: sip.Told) -> None:
        if isinstance(told, sip.Answered):
            self.rtp = sdp.agree(self.offer, told.sdp).port
            for place, key in enumerate(self.plan.keys):
                self.town.after(self.plan.thinks * (place + 1), lambda key=key: self._press(key))
            self.town.after(self.plan.thinks + self.plan.patience, self._lose_patience)
        elif isinstance(told, sip.Refused | sip.Ended):
            self.carrier.callers.pop(self.call, None)
            self.carrier.outcomes[f"refused {told.status}" if isinstance(told, sip.Refused) else "served"] += 1

    @property
    def _there(self) -> bool:
        return self.call in self.carrier.callers

    def _press(self, key: str) -> None:
        if self._there:
            self.town.press(self.rtp, key)

    def _lose_patience(self) -> None:
        """Nobody waits for ever; but whoever is in a talk by now stays until its end."""
        if not self._there:
            return
        if self.town.talks(self.rtp):
            self.town.after(self.plan.talk, lambda: self._hang_up("talked"))
        else:
            self._hang_up("gave up")

    def _hang_up(self, why: str) -> None:
        if self._there:
            del self.carrier.callers[self.call]
            self.carrier.outcomes[why] += 1
            self._act(self.carrier.phone.endpoint.hang_up(self.call, self.town.now))

    def _act(self, effects: list[sip.Effect]) -> None:
        self.town.act(self.carrier.phone, effects)


class AgentAtWork:
    """One agent: registers the phone, logs in, picks up, talks, hangs up; comes back after a call that was missed."""

    def __init__(self, town: Town, number: str, habits: AgentHabits, talk: CallerHabits) -> None:
        self.town = town
        self.number = number
        self.habits = habits
        self.talk = talk
        place = int(number)
        self.phone = town.phone(Address("udp", f"10.1.{place // 250}.{place % 250 + 1}", 5060), self._hear)
        self.ringing: dict[str, bytes] = {}
        self.talking: set[str] = set()
        self.answered = 0

    def start_work(self) -> None:
        """Plug the phone in; log in when it is registered."""
        password = self.town.settings.users[self.number].password
        self._act(self.phone.endpoint.register(self.number, password, SWITCH, 3600, self.town.now))

    def stop_work(self) -> None:
        """Vanish: the cable is pulled, nobody says goodbye."""
        self.town.unplug(self.phone)

    def _hear(self, told: sip.Told) -> None:
        if isinstance(told, sip.RegistrationState) and told.state == "registered":
            self._click(LogIn(), only_in=("logged_out",))
        elif isinstance(told, sip.Offered):
            self._ring(told)
        elif isinstance(told, sip.Acknowledged) and told.call not in self.talking:
            self.talking.add(told.call)
            seconds = plan(self.town.rng, self.talk, "").talk
            self.town.after(seconds, lambda: self._hang_up(told.call))
        elif isinstance(told, sip.Ended):
            self.ringing.pop(told.call, None)
            self.talking.discard(told.call)
            if self.habits.never_answers or told.how == "cancel":
                self.town.after(self.habits.comes_back, self._come_back)

    def _ring(self, told: sip.Offered) -> None:
        self.ringing[told.call] = told.sdp
        self._act(self.phone.endpoint.ring(told.call, self.town.now))
        if not self.habits.never_answers:
            self.town.after(0.5 + self.town.rng.expovariate(1 / self.habits.picks_up), lambda: self._answer(told.call))

    def _answer(self, call: str) -> None:
        offer = self.ringing.pop(call, None)
        if offer is not None:
            self.answered += 1
            agreed = sdp.answer(offer, host=self.phone.address.host, port=20000, session=1, version=0)
            self._act(self.phone.endpoint.answer(call, agreed.sdp, self.town.now))

    def _hang_up(self, call: str) -> None:
        if call in self.talking:
            self.talking.discard(call)
            self._act(self.phone.endpoint.hang_up(call, self.town.now))

    def _come_back(self) -> None:
        self._click(SetState(state="ready"), only_in=("not_ready",))

    def _click(self, order: LogIn | SetState, only_in: tuple[str, ...]) -> None:
        if self.town.exchange.house.desk.state(self.number).state not in only_in:
            return
        try:
            self.town.obey(order, self.number)
        except OrderRefused as refusal:
            raise AssertionError(f"agent {self.number} may not {order}: {refusal}") from refusal

    def _act(self, effects: list[sip.Effect]) -> None:
        self.town.act(self.phone, effects)
