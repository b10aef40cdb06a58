"""Arbitrary afternoons: people who do anything at any moment, in any order. Whatever they do, the laws hold."""

import random
from dataclasses import replace

import pytest
from world.net import Weather

import switch.events as told
from switch.acd.rules import QueuePrompt
from switch.orders import (
    AlternateCall,
    AnswerCall,
    CancelConsult,
    ClearCall,
    CompleteCall,
    ConferenceCall,
    ConsultCall,
    DeflectCall,
    DropParty,
    EndWrapUp,
    ExtendWrapUp,
    HoldCall,
    LogIn,
    LogOut,
    MakeCall,
    MuteParty,
    OrderRefused,
    PauseRecording,
    RejectCall,
    RequeueCall,
    ResumeRecording,
    RetrieveCall,
    SetState,
    TransferCall,
    UnmuteParty,
)
from switch.sip.effects import Offered
from tests.switch.contact.stage import Stage, arrange

AGENTS = ("1001", "1002", "1003", "1004", "1005")
NUMBERS = ("5000", "5001", "7000", "7000", "7001", "7002", "7003")
CLICKS = (
    *[LogIn()] * 5, LogOut(), *[SetState(state="ready")] * 5, SetState(state="not_ready", reason="tea"),
    ExtendWrapUp(seconds=5),
    EndWrapUp(), AnswerCall(), RejectCall(), HoldCall(), RetrieveCall(), ClearCall(), PauseRecording(),
    ResumeRecording(),
    *[AlternateCall(), CompleteCall(), CancelConsult(), ConferenceCall()] * 2, *[ConferenceCall()] * 4,
    RequeueCall(note="r"), DropParty(), *(DropParty(party=party) for party in AGENTS[:3]),
    MuteParty(), UnmuteParty(), MuteParty(party="1002"),
    *(ConsultCall(to=to, note="c") for to in ("agent:1002", "agent:1003", "1004", "agent:1001", "queue:sales") * 3),
    *(DeflectCall(to=to, note="d") for to in ("agent:1002", "queue:sales", "5000", "7001")),
    *(MakeCall(to=to) for to in ("1001", "1002", "5000", "7000", "7001")),
    *(TransferCall(to=to, note="n") for to in ("queue:support", "queue:sales", "agent:1001", "1002", "5000", "7001")),
)


class Afternoon:
    """A hundred things that happen, one after the other."""

    def __init__(self, settings, seed):
        self.rng = rng = random.Random(seed)
        rules = {"ring_time": 5, "wrap_up": rng.choice([0, 3]), "retry": rng.choice([0, 1]),
                 "strategy": rng.choice(["longest_idle", "ring_all", "round_robin"]), "max_size": rng.choice([2, 100]),
                 "leave_when_empty": rng.random() < 0.3, "recording_notice": rng.choice([(), (QueuePrompt("beep"),)])}
        self.stage = Stage(arrange(settings, support=rules, users={"1001": {"auto_answer": True}}), seed=seed)
        self.stage.net._weather = rng.choice([Weather(delay=0.001, jitter=0), Weather(loss=5, jitter=0.3, repeat=2)])
        self.phones = {number: self.stage.agent(number) for number in AGENTS if rng.random() < 0.8}
        self.callers = []
        for _ in range(100):
            rng.choice((self.dial, self.caller_does, self.phone_does, self.phone_does, self.click, self.click, self.wait,
                        self.publish))()
        for _ in range(2):
            self.all_hang_up()

    def dial(self):
        if len(self.callers) < 10:
            self.callers.append(self.stage.caller(self.rng.choice(NUMBERS), place=10 + len(self.callers)))

    def caller_does(self):
        if self.callers:
            caller = self.rng.choice(self.callers)
            self.rng.choice((caller.hang_up, lambda: caller.press(self.rng.choice("0123456789*#"))))()

    def phone_does(self):
        if not self.phones:
            return
        number, phone = self.rng.choice(list(self.phones.items()))
        if phone.told and type(phone.told[-1]) is Offered and self.rng.random() < 0.8:
            phone.answer()
            return
        if not phone.call:
            phone.dial(self.rng.choice((*AGENTS, *NUMBERS)), user=number)
            return
        self.rng.choice((phone.ring, phone.answer, phone.answer, phone.hang_up, lambda: phone.refuse(486),
                         lambda: phone.reinvite("sendonly"), lambda: phone.reinvite("sendrecv"),
                         lambda: phone.dial(self.rng.choice(AGENTS), user=number), lambda: self.refer(phone)))()

    def refer(self, phone):
        """Transfer by the phone's keys: blind, or its two newest calls."""
        calls = [call for call, leg in phone.phone.endpoint._room.calls.items() if leg.confirmed]
        if calls:
            other = calls[-2] if len(calls) > 1 and self.rng.random() < 0.7 else ""
            phone.refer(self.rng.choice(("1001", "1002", "5000", "7000", "999")), call=calls[-1], other=other)

    def click(self):
        try:
            self.stage.obey(self.rng.choice(CLICKS), self.rng.choice(AGENTS))
        except OrderRefused as refusal:
            assert refusal.code and refusal.reason
        self.stage.run_for(self.rng.choice([0, 0.05, 0.1]))

    def publish(self):
        """Operations change their minds: a queue or an agent is gone, or is there again."""
        settings, rng = self.stage.settings, self.rng
        gone = rng.choice(("", "", "sales", "1003", "1005"))
        numbers = {number: service for number, service in settings.numbers.items() if service.to != f"extension:{gone}"}
        self.stage.configure(replace(
            settings, queues={name: rules for name, rules in settings.queues.items() if name != gone}, numbers=numbers,
            users={number: user for number, user in settings.users.items() if number != gone}))

    def wait(self):
        self.stage.run_for(self.rng.choice([0.5, 1, 3, 7, 20]))

    def all_hang_up(self):
        for phone in (*self.callers, *self.phones.values()):
            for call in dict.fromkeys(getattr(news, "call", "") for news in phone.told):
                phone.call = call
                phone.hang_up()
        self.stage.run_for(130)


@pytest.mark.parametrize("seed", range(12))
def test_the_laws_hold(settings, seed):
    stage = Afternoon(settings, seed).stage
    stage.run_for(400)
    stage.over()
    assert len(stage.exchange.house.seats) == 1000
    assert not [event for event in stage.events(told.ContactEnded) if event.sip_status == 500]
