"""A voice mailbox: a greeting, a tone, the message; ended by ``#``, by hanging up, or after three minutes."""

from datetime import UTC, datetime

import media.orders
from switch.contact import ending
from switch.contact.state import Contact, Tape
from switch.events import DigitPressed, VoicemailLeft
from switch.house import House
from switch.watching import telling

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
    day = f"{datetime.fromtimestamp(house.now, UTC):%Y-%m-%d}"
    contact.message = Tape(f"voicemail-{contact.id}", f"voicemail/{contact.box}/{day}-{contact.id}.wav")
    contact.wake_at = house.now + LONGEST
    path = f"{house.recordings}/{contact.message.path}"
    house.order(media.orders.Record(contact.message.id, path, contact.caller_leg.id, "", True))


def press(house: House, contact: Contact, digit: str) -> None:
    """``#`` ends the message."""
    house.tell(DigitPressed(contact=contact.id, digit=digit))
    if digit == END_KEY:
        enough(house, contact)


def finish(house: House, contact: Contact) -> None:
    """Close the file, if a message is being recorded."""
    if contact.message is not None and contact.wake_at is not None:
        contact.wake_at = None
        house.order(media.orders.Finish(contact.message.id))


def enough(house: House, contact: Contact) -> None:
    """The message is whole, or as long as it may be; what became of it is known when the file is closed."""
    finish(house, contact)


def saved(house: House, contact: Contact, told: media.orders.Recorded) -> None:
    """The file is closed: tell who still listens whether the message was kept, and hang up."""
    contact.message.saved = True
    if told.seconds > 0:  # else nothing got onto the disk; media has told why
        house.tell(VoicemailLeft(contact=contact.id, box=contact.box, path=contact.message.path, seconds=told.seconds,
                                 caller=contact.caller))
        house.boxes.left(contact.box)
        telling.box_changed(house, contact.box)
    if not contact.ended:
        ending.say_goodbye(house, contact, "message-saved" if told.seconds > 0 else "call-failed")
