"""All harnesses by name. Each takes octets and raises for what must not happen; what a reader may raise, it catches."""

from collections.abc import Callable

from tests.fuzz.targets import browsers, dialogue, digests, files, messages, sessions, sound

TARGETS: dict[str, Callable[[bytes], None]] = {
    "sip": messages.sip,
    "stream": messages.stream,
    "endpoint": dialogue.endpoint,
    "digest": digests.digest,
    "sdp": sessions.sdp,
    "rtp": sound.rtp,
    "rtcp": sound.rtcp,
    "stun": messages.stun,
    "ice": browsers.ice,
    "handshake": browsers.handshake,
    "browsers": browsers.browsers,
    "yaml": files.yaml,
}
