"""Arbitrary conversations: agents who consult, swap, transfer, confer, deflect, mute, hang up and lose their phones, at
any moment and in any order. After every step nobody who should hear something hears silence, nobody hears a consultation
that is not theirs, and all that agents are is true; in the end the laws hold, and nothing is left of anything."""

import random

import pytest
from world.net import Weather

import switch.events as told
from switch.contact import mixing
from switch.orders import (
    AlternateCall,
    CancelConsult,
    ClearCall,
    CompleteCall,
    ConferenceCall,
    ConsultCall,
    DeflectCall,
    DropParty,
    HoldCall,
    LogIn,
    LogOut,
    MakeCall,
    MuteParty,
    OrderRefused,
    PauseRecording,
    RejectCall,
    RequeueCall,
    RetrieveCall,
    SetState,
    TransferCall,
    UnmuteParty,
)
from switch.sip.effects import Offered
from tests.switch.contact.stage import Stage, arrange

AGENTS = ("1001", "1002", "1003", "1004", "1005")
TARGETS = (*(f"agent:{agent}" for agent in AGENTS), "queue:support", "queue:sales", "queue:billing", "5000",
           "7001", "nobody")
IN_A_TALK = (
    *(ConsultCall(to=to, note="please") for to in TARGETS[:8] * 2), *[AlternateCall(), CancelConsult()] * 3,
    *[CompleteCall()] * 4, *[ConferenceCall()] * 8, *(TransferCall(to=to, note="please") for to in TARGETS),
    RequeueCall(), RequeueCall(note="again"), HoldCall(), RetrieveCall(), RetrieveCall(), DropParty(),
    *(DropParty(party=party) for party in AGENTS[:3]), MuteParty(), UnmuteParty(), MuteParty(party="1002"), ClearCall(),
    PauseRecording(), SetState(state="not_ready", reason="tea"),
)
OFFERED = (*(DeflectCall(to=to, note="not mine") for to in TARGETS), RejectCall(), LogOut())
IDLE = (*[SetState(state="ready")] * 9, *[LogIn()] * 4, LogOut(), MakeCall(to="1002"), MakeCall(to="5000"))


class Conversations:
    """Some hundred things that happen, one after the other."""

    def __init__(self, settings, seed, steps=150):
        self.rng = rng = random.Random(seed)
        rules = {"ring_time": 5, "wrap_up": rng.choice([0, 3]), "retry": rng.choice([0, 1]), "record": 100,
                 "strategy": rng.choice(["longest_idle", "ring_all"]), "max_size": rng.choice([1, 100]),
                 "leave_when_empty": rng.random() < 0.3, "join_when_empty": rng.random() < 0.7}
        self.stage = Stage(arrange(settings, support=rules, sales=rules | {"join_when_empty": False}), seed=seed)
        self.phones = {number: self.stage.agent(number) for number in AGENTS}
        if rng.random() < 0.3:
            self.stage.net._weather = Weather(loss=5, jitter=0.3, repeat=2)
        self.calm = self.stage.net._weather.loss == 0
        self.callers = []
        for _ in range(steps):
            rng.choice((self.dial, *[self.pick_up] * 4, *[self.click] * 4, self.phone_does, self.wait))()
            self.look()

    def dial(self):
        if len(self.callers) < 40 and len(self.stage.exchange.house.contacts) < 4:
            self.callers.append(self.stage.caller(self.rng.choice(("7000", "7000", "7000", "7002")),
                                                  place=10 + len(self.callers)))

    def pick_up(self):
        for number, phone in self.phones.items():
            if self.stage.state(number).state == "reserved" and phone.last(Offered) is not None:
                self.rng.choice((phone.answer,) * 9 + (phone.ring, phone.ring, lambda phone=phone: phone.refuse(486)))()

    def click(self):
        talking = [agent for agent in AGENTS if self.stage.state(agent).state == "busy"]
        number = self.rng.choice(talking if talking and self.rng.random() < 0.7 else AGENTS)
        state = self.stage.state(number).state
        orders = {"busy": IN_A_TALK, "reserved": OFFERED if self.rng.random() < 0.5 else (SetState(state="ready"),)}
        try:
            self.stage.obey(self.rng.choice(orders.get(state, IDLE)), number)
        except OrderRefused as refusal:
            assert refusal.code and refusal.reason
        self.stage.run_for(self.rng.choice([0, 0, 0.05, 0.1]))

    def phone_does(self):
        if self.callers and self.rng.random() < 0.3:
            caller = self.rng.choice(self.callers[-4:])
            return self.rng.choice((caller.hang_up, lambda: caller.press("0"), lambda: caller.reinvite("sendonly"),
                                    lambda: caller.reinvite("sendrecv")))()
        phone = self.rng.choice(list(self.phones.values()))
        if phone.call:
            self.rng.choice((phone.hang_up, lambda: phone.reinvite("sendonly"), lambda: phone.reinvite("sendrecv"),
                             lambda: phone.reinvite("sendrecv")))()
        return None

    def wait(self):
        self.stage.run_for(self.rng.choice([0.2, 0.5, 1, 3, 7]))

    def look(self):
        """What is true at every moment."""
        house, hears = self.stage.exchange.house, self.stage.paper.hears
        for contact in house.contacts.values():
            if contact.agent_leg is None or contact.ended:
                continue
            consulted = contact.consultation.leg if contact.consultation is not None else None
            for leg in contact.parties:
                heard = hears(leg.id)
                listens = leg.stream is not None and leg.stream.direction == "sendrecv" and not leg.on_hold
                assert leg.id not in heard.voices
                muted = [other.muted for group in (mixing.talking(contact), mixing.aside(contact)) if leg in group
                         for other in group if other is not leg]
                assert not listens or heard.voices or heard.background or (muted and all(muted)), (leg, contact.segment)
                if consulted is not None and leg not in (contact.consultation.by, contact.consultation.mouth):
                    assert consulted.id not in heard.voices
            busy = {leg.agent for leg in contact.legs.values() if leg.up and leg.agent}
            assert all(house.desk.state(agent).contact == contact.id for agent in busy)

    def over(self):
        """Everybody hangs up; the stage counts what is left."""
        for _ in range(3):
            for phone in (*self.callers, *self.phones.values()):
                for call in dict.fromkeys(getattr(news, "call", "") for news in phone.told):
                    phone.call = call
                    phone.hang_up()
            self.stage.run_for(60)
        self.stage.run_for(200)
        self.stage.over()
        assert len(self.stage.exchange.house.seats) == 1000
        assert not [event for event in self.stage.events(told.ContactEnded) if event.sip_status == 500]


@pytest.mark.parametrize("seed", range(20))
def test_the_laws_hold(settings, seed):
    Conversations(settings, seed).over()


def test_these_conversations_are_worth_their_name(settings):
    """Over some of them, every state of a consultation and of a transfer comes about."""
    states = set()
    for seed in range(12):
        lived = Conversations(settings, seed)
        lived.over()
        states |= {(type(event), event.state)
                   for event in lived.stage.events(told.ConsultationChanged, told.TransferChanged)}
        states |= {(type(event), len(event.parties)) for event in lived.stage.events(told.Conferenced)}
    consulted = {"initiated", "queued", "ringing", "established", "held", "completed", "canceled", "failed"}
    assert states >= {(told.ConsultationChanged, state) for state in consulted}
    assert states >= {(told.TransferChanged, state) for state in ("initiated", "ringing", "completed", "failed")}
    assert (told.Conferenced, 3) in states
