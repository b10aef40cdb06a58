"""A desk phone with lamps: it subscribes with its password, and adds up what it is told."""

import re
from xml.etree import ElementTree

from world.town import SWITCH, Phone

from switch.sip.digest import Answerer
from switch.sip.effects import Address, Transmit
from switch.sip.parsing import parse
from switch.sip.writing import respond

WORDS = "{urn:ietf:params:xml:ns:dialog-info}"


class DeskPhone:
    """``told``: every NOTIFY, as (event, state, body). ``answers``: what it says to them."""

    deadline = None

    def __init__(self, stage, user, place=9):
        self.stage, self.user = stage, user
        self.address = Address("udp", f"10.0.9.{place}", 5060)
        self.answerer = Answerer(user, stage.settings.users[user].password, stage.rng)
        stage._phones[self.address] = self.phone = Phone(self.address, self, lambda told: None)
        self.told, self.statuses, self.lines = [], [], {}
        self.answers = 200
        self.cseq = 0
        self.proofs = ""

    def subscribe(self, target, package="dialog", expires=600):
        """Subscribe, proving who it is when asked; gives the status."""
        for _ in range(2):
            self.cseq += 1
            uri, host = f"sip:{target}@{SWITCH.host}", self.address.host
            text = (
                f"SUBSCRIBE {uri} SIP/2.0\r\nVia: SIP/2.0/UDP {host};branch=z9hG4bK{self.cseq}{target}{package}\r\n"
                f"From: <sip:{self.user}@x>;tag=w{self.cseq}\r\nTo: <{uri}>\r\nCall-ID: {self.cseq}-{target}-{host}\r\n"
                f"CSeq: {self.cseq} SUBSCRIBE\r\nContact: <sip:{self.user}@{host}>\r\nEvent: {package}\r\n"
                f"Expires: {expires}\r\n{self.answerer.line('SUBSCRIBE', uri)}\r\n")
            self.stage.act(self.phone, [Transmit(SWITCH, text.encode())])
            self.stage.run_for(0.1)
            if self.statuses[-1] != 401:
                break
        return self.statuses[-1]

    def receive(self, data, source, now):
        message = parse(data)
        if not hasattr(message, "method"):
            self.statuses.append(message.status)
            if message.status == 401:
                self.answerer.take(401, message.fields["www-authenticate"])
            return []
        assert message.method == "NOTIFY"
        message.arrive(source)
        self.told.append((message.first("event"), message.first("subscription-state"), message.body.decode()))
        if message.content_type == "application/dialog-info+xml":
            self._add_up(ElementTree.fromstring(message.body))
        return [Transmit(source, respond(message, self.answers, "So", "w"))]

    def _add_up(self, document):
        if document.get("state") == "full":
            self.lines.clear()
        for dialog in document:
            remote = dialog.findtext(f"{WORDS}remote/{WORDS}identity") or ""
            state = dialog.findtext(f"{WORDS}state")
            self.lines[dialog.get("id")] = (state, dialog.get("direction"), remote)
            if state == "terminated":
                del self.lines[dialog.get("id")]

    @property
    def lamp(self):
        """The states of all lines, sorted."""
        return sorted(line[0] for line in self.lines.values())

    @property
    def messages(self):
        """New and old messages, as told last."""
        found = re.findall(r"Voice-Message: (\d+)/(\d+)", "".join(body for _, _, body in self.told))
        return tuple(map(int, found[-1])) if found else None
