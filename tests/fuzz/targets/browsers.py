"""What a stranger sends to the port of a browser's sound: checks, handshakes, and what looks like either.

An input is packets behind each other: an octet that says where each comes from, two of its length, and it.
"""

from media import dtls, stun
from media.ice import Credentials, Lite
from media.orders import Trouble
from tests.fuzz.targets.sound import STRANGER, _pieces
from tests.media.browser import OURS, PASSWORD, THEIRS, BrowserTown

_OURS = Credentials("evtj", PASSWORD, "h6vY")
_SHARED = dtls.context(OURS)


def ice(data: bytes) -> None:
    """An answer is for who signed, and is never much longer than the question."""
    agent = Lite(_OURS)
    for host in ("192.0.2.10", "2001:db8::10"):
        answer, chosen, strange = agent.receive(data, (host, 4000))
        assert not (strange and (answer or chosen))
        assert len(answer) <= 2 * len(data) + 80
        message = stun.read(answer)
        assert not answer or (message is not None and message.is_signed_with(PASSWORD))


def handshake(data: bytes) -> None:
    """Whatever comes into a handshake, it ends in keys or says why not; and never without the right certificate."""
    end = dtls.Handshake(_SHARED, (THEIRS.fingerprint,), active=bool(data) and data[0] & 1 == 1)
    try:
        end.begin(0.0)
        for _, octets in _pieces(data):
            end.receive([octets], 0.0)
    except dtls.Failed:
        assert end.receive([b"\x16"], 0.0) == []
    assert end.keys is None


def browsers(data: bytes) -> None:
    """A browser whose port is flooded meets us all the same."""
    town = BrowserTown(rows=1)
    phone = town.browse("a")
    town.step(phone.check())
    for kind, octets in _pieces(data):
        if octets:
            town.step((0, octets, STRANGER if kind & 2 or octets[0] >= 20 else phone.address))
    assert not any(isinstance(report, Trouble) for report in town.told)
    assert town.meet("a", steps=60)
