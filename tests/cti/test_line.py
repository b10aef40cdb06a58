import pytest

from cti.line import SOCKET_FULL, Line, text_frame


class Sleeper:
    """A socket that takes nothing out of its buffer until told."""

    def __init__(self) -> None:
        self.size = 0
        self.written: list[bytes] = []
        self.closing = False

    def write(self, data):
        self.written.append(data)
        self.size += len(data)

    def get_write_buffer_size(self):
        return self.size

    def is_closing(self):
        return self.closing

    def abort(self):
        self.closing = True


@pytest.fixture
def socket() -> Sleeper:
    return Sleeper()


def full(socket: Sleeper, **bounds) -> Line:
    line = Line(socket, 0.0, **bounds)
    line.send(bytes(SOCKET_FULL + 1), 0.0)
    return line


def test_while_the_socket_takes_it_nothing_waits(socket):
    line = Line(socket, 0.0)
    assert line.send(b"one", 1.0)
    assert (socket.written, line.lagging, line.idle) == ([b"one"], False, False)
    socket.size = 0
    assert line.idle


def test_what_waits_goes_out_in_order_when_there_is_room(socket):
    line = full(socket)
    assert line.send(b"one", 1.0, 1)
    assert line.send(b"two", 1.0, 1)
    line.pump(2.0)
    assert line.lagging
    socket.size = 0
    line.send(b"three", 3.0, 1)
    line.pump(3.0)
    assert (socket.written[1:], line.lagging, line.moved_at) == ([b"one", b"two", b"three"], False, 3.0)


@pytest.mark.parametrize("bounds", [{"most_events": 2}, {"most_bytes": 5}])
def test_too_much_is_dropped_and_a_resync_takes_its_place(socket, bounds):
    line = full(socket, **bounds)
    assert [line.send(b"xx", 1.0, 1) for _ in range(3)] == [True, True, False]
    line.resync(b"resync")
    assert line.stale
    socket.size = 0
    line.pump(2.0)
    assert socket.written[1:] == [b"resync"]


def test_a_socket_that_closes_is_written_to_no_more(socket):
    line = full(socket)
    line.send(b"one", 1.0)
    line.abort()
    assert line.send(b"two", 1.0)
    line.pump(2.0)
    assert (len(socket.written), line.lagging, line.idle) == (1, False, True)


@pytest.mark.parametrize(("size", "head"), [(0, b"\x81\x00"), (125, b"\x81\x7d"), (126, b"\x81\x7e\x00\x7e"),
                                            (65535, b"\x81\x7e\xff\xff"), (65536, b"\x81\x7f" + (65536).to_bytes(8))])
def test_frames_say_their_length_as_rfc_6455_wants_it(size, head):
    assert text_frame(bytes(size)) == head + bytes(size)
