"""Session descriptions: read, answered, and taken as an answer."""

import contextlib
import random

from media.sdp import Browser, Malformed, Security, Unacceptable, agree, answer, offer, parse


def sdp(data: bytes) -> None:
    """What is answered has a line for each of theirs and can be read; refused is only what may be."""
    try:
        theirs = parse(data)
    except Malformed:
        theirs = None
    for mode in ("off", "offer", "require"):
        security = Security(mode, random.Random(1).randbytes)
        try:
            agreed = answer(data, host="192.0.2.1", port=4000, session=1, security=security, browser=_browser())
        except (Malformed, Unacceptable):
            continue
        ours = parse(agreed.sdp)
        assert len(ours.media) == len(theirs.media)
        assert sum(media.port > 0 for media in ours.media) == 1
        assert 0 <= agreed.stream.port < 65536
        assert 10 <= agreed.stream.ptime <= 60
        assert b"\r" not in agreed.sdp.replace(b"\r\n", b"")
        assert b"\n" not in agreed.sdp.replace(b"\r\n", b"")
    for browser in (None, _browser()):
        with contextlib.suppress(Malformed, Unacceptable):
            agree(offer(host="192.0.2.1", port=4000, session=1, browser=browser), data)


def _browser() -> Browser:
    return Browser(":".join(["AB"] * 32), random.Random(1).randbytes, offers=True)
