"""What an agent of the town does with a caller besides talking: asks a colleague, hands the caller on."""

import random
from collections.abc import Callable
from typing import Any

from switch.orders import (
    CancelConsult,
    CompleteCall,
    ConferenceCall,
    ConsultCall,
    OrderRefused,
    RequeueCall,
    TransferCall,
)
from world.people import AgentHabits
from world.town import Town

LISTENS = 8.0
"""Seconds of a talk before an agent turns to a colleague."""
ASKS = 12.0
"""Seconds that they speak with the colleague, ringing included."""
LOOKS_AGAIN = 5.0
"""Seconds between two looks whether the caller is still there."""


class Handing:
    """The plans of one agent, by a chance of their own, so that a day without them is the day that it was."""

    def __init__(self, town: Town, number: str, habits: AgentHabits, there: Callable[[str], bool],
                 hang_up: Callable[[str], None]) -> None:
        self.town, self.number, self.habits = town, number, habits
        self.there, self.hang_up = there, hang_up
        self.chance = random.Random(number)
        self.known = ""

    def connected(self, call: str) -> None:
        """The agent hears somebody; decides once in each call what to do with them."""
        if not call or call == self.known:
            return
        self.known, share = call, 100 * self.chance.random()
        if share < self.habits.asks:
            self.town.after(LISTENS, lambda: self._ask(call))
        elif share < self.habits.asks + self.habits.hands_on:
            self.town.after(LISTENS, lambda: self._hand_on(call))

    def _colleague(self) -> str:
        """Somebody who is free; nobody (empty) when all are busy."""
        free = [agent.agent for agent in self.town.exchange.house.desk.agents()
                if agent.state == "ready" and agent.reachable and agent.agent != self.number]
        return self.chance.choice(free) if free else ""

    def _ask(self, call: str) -> None:
        colleague = self._colleague()
        if self.there(call) and colleague and self._click(ConsultCall(to=f"agent:{colleague}", note="a question")):
            self.town.after(ASKS, lambda: self._decide(call))

    def _decide(self, call: str) -> None:
        if not self.there(call):
            return
        order = self.chance.choice((CompleteCall(), ConferenceCall(), CancelConsult()))
        if not self._click(order):
            self._click(CancelConsult())
        self._part(call)

    def _part(self, call: str) -> None:
        """Two colleagues whom the caller has left have nothing more to say to each other."""
        house = self.town.exchange.house
        contact = house.contacts.get(house.desk.state(self.number).contact)
        if not self.there(call) or contact is None:
            return
        if contact.gone is not None:
            self.hang_up(call)
        elif contact.others:
            self.town.after(LOOKS_AGAIN, lambda: self._part(call))

    def _hand_on(self, call: str) -> None:
        colleague = self._colleague()
        if self.there(call) and not (colleague and self._click(TransferCall(to=f"agent:{colleague}", note="for you"))):
            self._click(RequeueCall(note="somebody else, please"))

    def _click(self, order: Any) -> bool:
        """Whether it was obeyed; what cannot be is no harm."""
        try:
            self.town.obey(order, self.number)
        except OrderRefused:
            return False
        return True
