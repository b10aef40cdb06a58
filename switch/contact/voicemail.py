"""A voice mailbox: a greeting, a tone, the message; ended by ``#``, by hanging up, or after three minutes."""

from datetime import UTC, datetime

import media.orders
from switch.contact import ending
from switch.contact.state import Contact
from switch.events import DigitPressed, VoicemailLeft
from switch.house import House

GREETING = "mailbox"
LONGEST = 180.0
"""Seconds of one message."""
END_KEY = "#"


def begin(house: House, contact: Contact, box: str) -> None:
    """Greet the caller in front of the box."""
    contact.box = box
    house.segment(contact, "voicemail", box)
    house.music(contact, contact.caller_leg, "")
    sounds = ("leave-message-after-tone", "beep")
    house.play(contact.caller_leg, GREETING, [house.prompts.sound(sound, contact.language) for sound in sounds])


def greeted(house: House, contact: Contact) -> None:
    """The tone was heard: record."""
    contact.wake_at = house.now + LONGEST
    house.order(media.orders.Record(tape(contact), f"{house.recordings}/{path(contact)}", contact.caller_leg.id, "", True))


def press(house: House, contact: Contact, digit: str) -> None:
    """``#`` ends the message."""
    house.tell(DigitPressed(contact=contact.id, digit=digit))
    if digit == END_KEY and contact.wake_at is not None:
        done(house, contact)


def done(house: House, contact: Contact) -> None:
    """The message is whole: close the file, say that it was kept, hang up."""
    contact.wake_at = None
    house.order(media.orders.Finish(tape(contact)))
    ending.say_goodbye(house, contact, "message-saved")


def saved(house: House, contact: Contact, told: media.orders.Recorded) -> None:
    """The file is closed."""
    house.tell(VoicemailLeft(contact=contact.id, box=contact.box, path=path(contact), seconds=told.seconds,
                             caller=contact.caller))


def tape(contact: Contact) -> str:
    """The recording's name in media."""
    return f"voicemail-{contact.id}"


def path(contact: Contact) -> str:
    """The file, relative to the recordings folder."""
    return f"voicemail/{contact.box}/{datetime.fromtimestamp(contact.offered_at, UTC):%Y-%m-%d}-{contact.id}.wav"
