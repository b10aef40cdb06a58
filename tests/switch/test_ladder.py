"""Whose a SIP message is: found by Call-ID, also before there is a contact; without its secrets; never kept for ever."""

import random

from hypothesis import given
from hypothesis import strategies as st

from switch.ladder import AT_ONCE, MOST, MOST_RAW, PATIENCE, STRANGERS, Ladder, Raw, call_id_of, message_of
from switch.sip.effects import Address
from switch.traces import packed, unpacked

PHONE = Address("udp", "192.0.2.7", 5060)


def message(first, call_id="a@b", cseq="1 INVITE", more="", name="Call-ID"):
    return (f"{first}\r\nVia: SIP/2.0/UDP x\r\n{name}: {call_id}\r\nCSeq: {cseq}\r\n{more}Content-Length: 4\r\n\r\n"
            f"Call-ID: wrong\r\n").encode()


INVITE = message("INVITE sip:5000@example.com SIP/2.0")


def raw(data=INVITE, at=1.0, sent=False):
    return Raw(at, sent, PHONE, data)


def taken(ladder, now=2.0, alive=True):
    return [(trace.contact, [each.line for each in trace.messages])
            for trace in ladder.take(now, lambda contact: alive)]


def test_what_belongs_to_a_contact_is_given_once():
    ladder = Ladder()
    ladder.belongs("a@b", "c1", "1001", 1.0)
    ladder.note(raw())
    ladder.note(raw(message("SIP/2.0 180 Ringing"), 1.5, sent=True))
    ladder.note(raw(message("INVITE sip:x SIP/2.0", call_id="other"), 1.6))
    assert taken(ladder) == [("c1", ["INVITE sip:5000@example.com", "180 Ringing"])]
    assert taken(ladder) == [] and not len(ladder)


def test_a_call_that_was_asked_for_its_password_begins_with_that():
    ladder = Ladder()
    ladder.note(raw(at=1.0))
    ladder.note(raw(message("SIP/2.0 401 Unauthorized"), 1.1, sent=True))
    assert taken(ladder) == []
    ladder.note(raw(message("INVITE sip:5000@example.com SIP/2.0", cseq="2 INVITE"), 1.3))
    ladder.belongs("a@b", "c1", "1001", 1.3)
    assert taken(ladder) == [("c1", ["INVITE sip:5000@example.com", "401 Unauthorized", "INVITE sip:5000@example.com"])]


def test_registrations_and_probes_are_not_kept():
    ladder = Ladder()
    for method in ("REGISTER", "OPTIONS", "SUBSCRIBE", "NOTIFY"):
        ladder.note(raw(message(f"{method} sip:x SIP/2.0", cseq=f"1 {method}")))
    taken(ladder)
    ladder.belongs("a@b", "c1", "1001", 2.0)
    assert taken(ladder) == []


def test_strangers_wait_in_a_room_of_one_size_and_not_for_ever():
    ladder = Ladder()
    for number in range(STRANGERS + 10):
        ladder.note(raw(message("INVITE sip:x SIP/2.0", call_id=str(number))))
    while len(ladder):
        taken(ladder)
    ladder.belongs("3", "early", "x", 2.0)
    ladder.belongs(str(STRANGERS), "late", "x", 2.0)
    assert taken(ladder) == [("late", ["INVITE sip:x"])]
    taken(ladder, 2 * PATIENCE)
    ladder.belongs(str(STRANGERS + 1), "too late", "x", 2 * PATIENCE)
    assert taken(ladder) == []


def test_a_flood_costs_a_bounded_time_and_a_bounded_room():
    ladder = Ladder()
    ladder.belongs("a@b", "c1", "1001", 1.0)
    for _ in range(AT_ONCE + 1):
        ladder.note(raw())
    assert len(taken(ladder)[0][1]) == MOST
    assert len(ladder) == 1, "the rest in another turn of the loop"
    for _ in range(MOST_RAW + 1):
        ladder.note(raw())
    assert taken(ladder) == [] and ladder.lost == MOST_RAW + 2


def test_sessions_are_forgotten_when_their_contact_is_gone():
    ladder = Ladder()
    ladder.belongs("a@b", "c1", "1001", 1.0)
    taken(ladder, 100.0)
    assert ladder.contact_of("a@b") == "c1", "a long talk says nothing for an hour"
    taken(ladder, 200.0, alive=False)
    assert ladder.contact_of("a@b") == ""


def test_what_is_kept_of_a_message():
    told = message_of(raw(message("BYE sip:1001@192.0.2.7;transport=tcp SIP/2.0", cseq="3 BYE",
                                  more='Reason: Q.850;cause=16;text="x"\r\n')), "1001")
    assert (told.line, told.cseq) == ("BYE sip:1001@192.0.2.7;transport=tcp", "3 BYE")
    assert told.reason == 'Q.850;cause=16;text="x"'
    assert (told.party, told.peer, told.sent) == ("1001", "udp 192.0.2.7:5060", False)
    assert unpacked(packed([told])) == (told,)


def test_no_secret_is_kept():
    more = "Authorization: Digest response=\"s3cret\"\r\nReason: SIP;text=\"https://u:pw@h/\"\r\n"
    told = message_of(raw(message("INVITE sip:bob:hunter2@example.com;token=abc SIP/2.0", more=more)), "x")
    assert not any(secret in str(told) for secret in ("hunter2", "s3cret", "abc", "pw@"))


def test_headers_are_found_however_they_are_written():
    for name in ("call-id", "i", "CALL-ID", "Call-Id"):
        assert call_id_of(message("OPTIONS sip:x SIP/2.0", name=name)) == "a@b"
    assert call_id_of(b"INVITE sip:x SIP/2.0\r\n\r\nCall-ID: body\r\n") == ""


@given(st.lists(st.binary(max_size=300)), st.integers())
def test_no_octets_disturb_it(pieces, seed):
    rng, ladder = random.Random(seed), Ladder()
    for piece in pieces:
        data = bytearray(INVITE)
        place = rng.randrange(len(data))
        data[place:place + len(piece)] = piece
        ladder.belongs(call_id_of(bytes(data)) or "none", "c", "p", 1.0)
        ladder.note(raw(bytes(data)))
    for trace in ladder.take(2.0, lambda contact: True):
        assert unpacked(packed(trace.messages)) == trace.messages
        assert all(each.line.isprintable() for each in trace.messages)
