"""The small vocabulary between the switch and media: what may be ordered, and what is reported.

A *leg* is a row of the matrix. Ports are bound ahead of time: media reports :class:`Seats`, the switch picks one and
names it in :class:`Open`, so that nobody waits for a socket when a call comes in. *Foreground* is what is played to be
understood (prompts, announcements); *background* is music. A foreground ducks the background while it plays. Joined
and bridged legs hear each other instead of music.

All are msgspec Structs, arrays on the wire (msgpack), tagged by name.
"""

import msgspec


class Order(msgspec.Struct, frozen=True, array_like=True, tag=True):
    """What the switch orders."""


class Keys(msgspec.Struct, frozen=True, array_like=True):
    """Keys for SRTP; they show in no text that is made of this."""

    suite: str
    """As SDP names it (RFC 4568, RFC 7714)."""
    ours: bytes
    """Master key and salt of what we send."""
    theirs: bytes

    def __repr__(self) -> str:
        return f"Keys({self.suite})"

    __str__ = __rich_repr__ = __repr__


class Control(msgspec.Struct, frozen=True, array_like=True):
    """What was agreed on about RTCP."""

    host: str = ""
    """Where theirs is (``a=rtcp``, RFC 3605); empty = where their sound is."""
    port: int = 0
    """0 = the port after that of their sound."""
    mux: bool = False
    """On the port of the sound (RFC 5761), both ways."""
    metrics: tuple[str, ...] = ()
    """Extended reports that they want: ``voip-metrics``, ``rcvr-rtt`` (RFC 3611 section 5)."""


class Web(msgspec.Struct, frozen=True, array_like=True):
    """What was agreed on with a browser: ICE, of which we do the lite half, and DTLS, which makes the keys of SRTP."""

    ufrag: str
    password: str
    """Ours: what their checks are signed with."""
    theirs: str
    """Their user fragment."""
    fingerprints: tuple[str, ...]
    """Of their certificate, by SHA-256: it has to have one of them."""
    active: bool = False
    """We begin the handshake; else they do."""

    def __repr__(self) -> str:
        return f"Web({self.ufrag}:{self.theirs})"

    __str__ = __rich_repr__ = __repr__


class Stream(msgspec.Struct, frozen=True, array_like=True):
    """What was agreed on in SDP (RFC 3264) for one leg."""

    host: str
    """Where to send until the source is learnt from the first packets (symmetric RTP)."""
    port: int
    """0 = unknown yet: wait for the source."""
    codec: str = "PCMU"
    """PCMU, PCMA, G722 or opus."""
    payload_type: int = 0
    """Of what we send, and of what they send unless ``heard_type`` says otherwise."""
    event_type: int | None = 101
    """Payload type of telephone-event (RFC 4733); None = the far end does not take it."""
    direction: str = "sendrecv"
    """As seen from us: sendrecv, sendonly, recvonly (they hold us), inactive."""
    ptime: int = 20
    """Milliseconds that each of our packets lasts: 10 to 60."""
    fmtp: str = ""
    """What they say of the codec (RFC 7587 section 6.1), such as ``useinbandfec=1``."""
    event_clock: int = 8000
    """Timestamps of telephone-event in a second: 8000, or 48000 beside Opus."""
    heard_type: int | None = None
    """The payload type of what they send where it is another than ours: each side names what it wants to be sent."""
    heard_event_type: int | None = None
    """The same of telephone-event."""
    control: Control = Control()
    keys: Keys | None = None
    """None = plain RTP, or keys by ``web``."""
    web: Web | None = None
    """Set = the far end is a browser: it is sent to, and heard, by keys that DTLS makes, and never without."""


class Open(Order, frozen=True):
    """Give this leg the row behind the seat (local RTP port) ``port``."""

    leg: str
    port: int
    stream: Stream | None = None
    """None = not agreed on yet (a call that goes out); :class:`Change` follows."""
    peer: str = ""
    """The host that their signalling comes from: behind a NAT, their sound comes from there, too."""


class Change(Order, frozen=True):
    """The stream was agreed on, or agreed on anew (re-INVITE): a new address, codec or direction. Unlocks the source."""

    leg: str
    stream: Stream


class Play(Order, frozen=True):
    """Play these sounds in the foreground, one after the other; :class:`Played` follows when they were all heard.

    A new Play replaces one that still plays (which is then not reported)."""

    leg: str
    play: str
    """The name under which it is reported and stopped."""
    sounds: tuple[str, ...]
    """Absolute paths of WAV files, 8 kHz mono, mu-law, A-law or 16 bit."""


class Stop(Order, frozen=True):
    """Stop the foreground of this leg within the frame, if it is still this one."""

    leg: str
    play: str = ""
    """Empty = whatever plays."""


class Music(Order, frozen=True):
    """Loop this sound in the background; empty = silence."""

    leg: str
    sound: str


class Join(Order, frozen=True):
    """Let these two hear each other from the next frame on; what played on either stops in that frame."""

    one: str
    other: str


class Bridge(Order, frozen=True):
    """Let all these legs hear each other from the next frame on, each of them all the others and not itself.

    What played on a leg that was not in the bridge stops in that frame. Given again with the same name it changes who is
    in it, and who is muted; without legs it ends. A leg is in one bridge or join only: it leaves the one that it was in.
    Two who are left, neither of them muted, hear each other as after :class:`Join`."""

    bridge: str
    legs: tuple[str, ...]
    muted: tuple[str, ...] = ()
    """Those of them who hear and are not heard."""
    whispers: tuple[tuple[str, str], ...] = ()
    """Who of the muted is heard by one of the others alone: speaker, listener."""


class Part(Order, frozen=True):
    """Take this leg out of its join or bridge. The other side of a join hears silence, or its music; the others of a
    bridge go on."""

    leg: str


class Press(Order, frozen=True):
    """Send digits to this leg's party: as RFC 4733 events, or as tones where these were not agreed on."""

    leg: str
    digits: str


class Record(Order, frozen=True):
    """Record ``left`` and ``right`` as the two channels of a stereo WAV file (mono when ``mono``).

    Given again with the same name it changes who is on the channels (a transfer); the file goes on. An empty leg is
    silence on its channel. The left leg on the right channel, too, stands for what that leg hears."""

    recording: str
    path: str
    left: str
    right: str = ""
    mono: bool = False


class Pause(Order, frozen=True):
    """Write silence until :class:`Resume` (a card number is being spoken): time in the file stays true."""

    recording: str


class Resume(Order, frozen=True):
    recording: str


class Finish(Order, frozen=True):
    """Close the file; :class:`Recorded` follows."""

    recording: str


class Close(Order, frozen=True):
    """Free the row; :class:`Quality` follows. Its recordings go on with silence until they are finished."""

    leg: str


AnyOrder = (
    Open | Change | Play | Stop | Music | Join | Bridge | Part | Press | Record | Pause | Resume | Finish | Close
)  # fmt: skip


class Report(msgspec.Struct, frozen=True, array_like=True, tag=True):
    """What media tells."""


class Seats(Report, frozen=True):
    """These local ports are bound and free."""

    ports: tuple[int, ...]


class Certified(Report, frozen=True):
    """The certificate that the far ends of :class:`Web` are shown, until this process ends."""

    fingerprint: str
    """By SHA-256, as SDP writes it."""


class Played(Report, frozen=True):
    leg: str
    play: str


class Pressed(Report, frozen=True):
    """One press, told once, at its first packet."""

    leg: str
    digit: str


class WentSilent(Report, frozen=True):
    """No packet for ``seconds`` while one was due (the direction lets them send)."""

    leg: str
    seconds: float


class HeardAgain(Report, frozen=True):
    leg: str


class Recorded(Report, frozen=True):
    recording: str
    seconds: float


class Far(msgspec.Struct, frozen=True, array_like=True):
    """How the party hears us, by its own reports (RTCP)."""

    lost: int
    loss: float
    """Of 1."""
    jitter: float
    """Seconds."""
    mos: float


class Quality(Report, frozen=True):
    """The last word about a leg: how its party was heard."""

    leg: str
    received: int
    lost: int
    late: int
    """Packets that came after their frame was due."""
    jitter: float
    """Seconds."""
    burst: float = 0.0
    """Packets that were lost in a row, on average."""
    mos: float | None = None
    """An estimate (:mod:`media.quality`); None = too few packets to tell."""
    round_trip: float | None = None
    """Seconds; None = they sent no reports."""
    far: Far | None = None
    """None = they sent no reports."""
    intruders: int = 0
    """Packets from strangers, which were dropped."""
    unopened: int = 0
    """Packets that their key does not open, which were dropped (SRTP)."""
    replayed: int = 0
    """Packets that came a second time, which were dropped (SRTP)."""


class Poor(Report, frozen=True):
    """For the last seconds, one side of a leg was hard to understand; told once, until :class:`Fair`."""

    leg: str
    way: str
    """heard = as we hear the party, sent = as it hears us."""
    mos: float
    loss: float
    """Of 1, with what came too late."""
    jitter: float
    """Seconds."""
    round_trip: float | None = None


class Fair(Report, frozen=True):
    """It is understood again."""

    leg: str
    way: str


class TimedOut(Report, frozen=True):
    """Neither sound nor report came for ``seconds`` while both were due; told once."""

    leg: str
    seconds: float


class Unkeyed(Report, frozen=True):
    """There are no keys for the sound of this leg, so nothing is heard of it or sent to it. Told when they should be there
    by now, and every other second from then on."""

    leg: str
    why: str
    final: bool
    """There will be none."""


class Intruded(Report, frozen=True):
    """Strangers send to this leg; nobody hears them. Told once in a minute at most."""

    leg: str
    host: str
    port: int
    packets: int
    """All that were dropped so far."""


class Trouble(Report, frozen=True):
    """Something could not be done (a sound is missing, the disk is full); the leg goes on."""

    leg: str
    what: str


class Load(Report, frozen=True):
    """How the worker keeps up, about once a second."""

    legs: int
    steps: int
    """20 ms steps since the last report."""
    late_p99: float
    """Seconds that a step began after its due moment, 99th percentile since the last report."""
    late_max: float
    late_steps: int
    """How many of them began after the next one was due: their frames were late for everybody."""
    cpu: float
    """CPU seconds of the worker since its start."""


AnyReport = (
    Seats | Certified | Played | Pressed | WentSilent | HeardAgain | TimedOut | Unkeyed | Recorded
    | Quality | Poor | Fair | Intruded | Trouble | Load
)  # fmt: skip
