"""Messages out of a stream, in whatever pieces it comes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from switch.sip.framing import KEEP_ALIVE, PONG, Framer

HEAD = b"INFO sip:a@b SIP/2.0\r\nCall-ID: %d\r\n"


def message(number, body, name=b"Content-Length: "):
    return HEAD % number + name + b"%d\r\n\r\n" % len(body) + body


@given(
    st.lists(st.one_of(st.binary(max_size=200), st.none()), max_size=6),
    st.lists(st.integers(1, 60), min_size=1, max_size=30),
)
def test_any_pieces_give_the_same_messages(bodies, sizes):
    wanted = [KEEP_ALIVE if body is None else message(place, body) for place, body in enumerate(bodies)]
    stream, framer, found = b"".join(wanted), Framer(), []
    while stream:
        size = sizes[len(stream) % len(sizes)]
        found += framer.feed(stream[:size])
        stream = stream[size:]
    assert found == wanted
    assert not framer.waiting


def test_sixty_kilobytes_one_byte_at_a_time():
    whole = message(1, b"x" * 60_000)
    framer = Framer()
    found = [piece for place in range(len(whole)) for piece in framer.feed(whole[place : place + 1])]
    assert found == [whole]


@pytest.mark.parametrize("name", [b"l:", b"CONTENT-LENGTH \t: ", b"Content-length:"])
def test_spellings_of_content_length(name):
    assert Framer().feed(message(1, b"body", name) * 2) == [message(1, b"body", name)] * 2


def test_without_content_length_a_message_ends_with_its_head():
    assert Framer().feed(HEAD % 1 + b"\r\n" + message(2, b"")) == [HEAD % 1 + b"\r\n", message(2, b"")]


def test_a_stray_line_end_and_a_pong_are_no_messages():
    framer = Framer()
    assert framer.feed(b"\r\n" + message(1, b"")) == [message(1, b"")]
    assert framer.feed(b"\r\n") == [] and not framer.waiting
    assert framer.feed(message(1, b"")) == [message(1, b"")]


def test_the_answer_to_a_ping_of_ours_is_no_half_of_a_ping_of_theirs():
    framer = Framer()
    for _ in range(3):
        framer.expects_pong = True
        assert framer.feed(b"\r") == [] and framer.feed(b"\n") == [PONG]
    framer.expects_pong = True
    assert framer.feed(message(1, b"") + PONG + KEEP_ALIVE + message(2, b"")) == [
        message(1, b""), PONG, KEEP_ALIVE, message(2, b"")]
    framer.expects_pong = True
    assert framer.feed(HEAD % 3) == []
    assert framer.feed(b"\r\n" + PONG) == [HEAD % 3 + b"\r\n", PONG], "none within a message"


@pytest.mark.parametrize("length", [b"x", b"-1", b"", b"9999999999", b"300000", b"5\r\nl: 6"])
def test_a_length_that_cannot_be_believed_ends_the_stream(length):
    framer = Framer()
    assert framer.feed(message(1, b"body") + HEAD % 2 + b"Content-Length: " + length + b"\r\n\r\n") == [message(1, b"body")]
    assert framer.broken is not None
    assert framer.feed(message(3, b"")) == []


def test_a_head_without_end_ends_the_stream():
    framer = Framer(limit=1000)
    framer.feed(b"x" * 1000)
    assert framer.broken is None
    framer.feed(b"x")
    assert framer.broken.status == 513
