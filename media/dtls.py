"""The handshake of DTLS 1.2 that makes the keys of SRTP (RFC 5763, RFC 5764; RFC 6347). Pure but for OpenSSL's own chance.

Both sides show a certificate that nobody signed; what it is worth is its fingerprint, which stands in the session
description. OpenSSL does the handshake between two buffers in memory: datagrams go in with ``now``, datagrams come out,
and in the end there are keys. No cookie is asked for (RFC 6347 section 4.2.1), because nobody gets here who has not
answered for the address already, by ICE.

A flight that is lost is sent again by whoever waits for the next. Ours is kept and sent again as it was, which is to
the far end what a network does that brings datagrams twice; so no clock but ``now`` is looked at. That goes on, ever more
slowly, for ten seconds. The last flight of all is waited for by nobody here: it is sent again when the far end shows,
by sending its own anew, that it did not get it.
"""

from OpenSSL import SSL

from media.certificate import Certificate
from media.orders import Keys

PROFILES = {
    b"SRTP_AEAD_AES_128_GCM": ("AEAD_AES_128_GCM", 16, 12),
    b"SRTP_AEAD_AES_256_GCM": ("AEAD_AES_256_GCM", 32, 12),
    b"SRTP_AES128_CM_SHA1_80": ("AES_CM_128_HMAC_SHA1_80", 16, 14),
}
"""What OpenSSL calls each profile, the best first: its name in SDP, and the octets of its key and of its salt."""
_EXPORTER = b"EXTRACTOR-dtls_srtp"
_VERSION = 0xFEFD
_MTU = 1200
_RECORD = 13
_HANDSHAKE = 22
_FIRST_WAIT, _LONGEST_WAIT, _GIVE_UP = 0.1, 4.0, 10.0
"""Seconds. Sound waits for this, and a round trip is some tens of milliseconds: RFC 6347 section 4.2.4.1 would wait a
second, which is for nets of 1988."""
_CIPHERS = b"ECDHE+AESGCM:ECDHE+CHACHA20"


class Failed(Exception):
    """There will be no keys. ``str`` says why."""


def context(certificate: Certificate) -> SSL.Context:
    """What all handshakes with this certificate have in common."""
    made = SSL.Context(SSL.DTLS_METHOD)
    made.set_min_proto_version(_VERSION)
    made.set_max_proto_version(_VERSION)
    made.set_options(SSL.OP_NO_TICKET | SSL.OP_NO_QUERY_MTU | SSL.OP_NO_RENEGOTIATION)
    made.set_session_cache_mode(SSL.SESS_CACHE_OFF)
    made.set_cipher_list(_CIPHERS)
    made.set_tlsext_use_srtp(b":".join(PROFILES))
    made.use_certificate(certificate.certificate)
    made.use_privatekey(certificate.key)
    made.set_verify(SSL.VERIFY_PEER | SSL.VERIFY_FAIL_IF_NO_PEER_CERT, lambda *_: True)
    return made


class Handshake:
    """One association. ``active``: we begin it (``a=setup:active`` is ours). ``fingerprints``: those of SHA-256 that the
    far end named, in capitals with colons. ``keys`` are there when it is done."""

    def __init__(self, shared: SSL.Context, fingerprints: tuple[str, ...], *, active: bool) -> None:
        self.keys: Keys | None = None
        self.deadline: float | None = None
        self._fingerprints = fingerprints
        self._active = active
        self._since: float | None = None
        self._wait = _FIRST_WAIT
        self._flight: list[bytes] = []
        self._failed = False
        self._ssl = SSL.Connection(shared, None)
        self._ssl.set_ciphertext_mtu(_MTU)
        if active:
            self._ssl.set_connect_state()
        else:
            self._ssl.set_accept_state()

    def begin(self, now: float) -> list[bytes]:
        """The way is there. Gives what is to be sent: nothing where the far end begins. Raises :class:`Failed`."""
        if not self._active or self._since is not None:
            return []
        return self._go_on(now)

    def receive(self, datagrams: list[bytes], now: float) -> list[bytes]:
        """What has come; gives what is to be sent. Raises :class:`Failed`."""
        datagrams = [octets for octets in datagrams if octets]
        if self._failed or not datagrams:
            return []
        for octets in datagrams:
            self._ssl.bio_write(octets)
        if self.keys is None:
            return self._go_on(now)
        self._read()
        said = self._said()
        again = any(octets[0] == _HANDSHAKE for octets in datagrams)
        return said or (self._flight if again else [])

    def wake(self, now: float) -> list[bytes]:
        """The deadline has come: the last flight once more. Raises :class:`Failed`."""
        if self._since is None or now - self._since >= _GIVE_UP:
            raise self._fail("the far end does not go on with it")
        self._wait = min(2 * self._wait, _LONGEST_WAIT)
        self.deadline = now + self._wait
        return self._flight

    def end(self) -> list[bytes]:
        """The leg is over: say so (close_notify). Gives what is to be sent."""
        if self.keys is None or self._failed:
            return []
        try:
            self._ssl.shutdown()
        except SSL.Error:
            return []
        return self._said()

    def _go_on(self, now: float) -> list[bytes]:
        self._since = now if self._since is None else self._since
        try:
            self._ssl.do_handshake()
        except SSL.WantReadError:
            pass
        except SSL.Error as error:
            raise self._fail(_reason(error)) from None
        else:
            self.keys, self.deadline = self._derive(), None
        said = self._said()
        if said:
            self._flight, self._wait = said, _FIRST_WAIT
            self.deadline = None if self.keys else now + self._wait
        return said

    def _derive(self) -> Keys:
        """Check who it is, and make the keys (RFC 5764 section 4.2)."""
        shown = self._ssl.get_peer_certificate()
        if shown is None or shown.digest("sha256").decode() not in self._fingerprints:
            raise self._fail("its certificate is not the one that its session description names")
        profile = PROFILES.get(self._ssl.get_selected_srtp_profile())
        if profile is None:
            raise self._fail("it knows no protection profile of ours")
        suite, key, salt = profile
        made = self._ssl.export_keying_material(_EXPORTER, 2 * (key + salt), None)
        client = made[:key] + made[2 * key : 2 * key + salt]
        server = made[key : 2 * key] + made[2 * key + salt :]
        return Keys(suite, client, server) if self._active else Keys(suite, server, client)

    def _fail(self, why: str) -> Failed:
        self._failed, self.deadline = True, None
        return Failed(why)

    def _read(self) -> None:
        """Let OpenSSL see what came after the end. Nobody sends anything through here; the sound goes by SRTP."""
        try:
            while True:
                self._ssl.recv(_MTU)
        except SSL.Error:
            return

    def _said(self) -> list[bytes]:
        """What OpenSSL has written, as datagrams: as many records in each as fit."""
        octets = b""
        try:
            while True:
                octets += self._ssl.bio_read(1 << 16)
        except SSL.WantReadError:
            pass
        datagrams, start, at = [], 0, 0
        while at + _RECORD <= len(octets):
            end = at + _RECORD + int.from_bytes(octets[at + 11 : at + 13], "big")
            if end - start > _MTU and at > start:
                datagrams.append(octets[start:at])
                start = at
            at = end
        return [*datagrams, octets[start:at]] if at > start else datagrams


def _reason(error: SSL.Error) -> str:
    """What OpenSSL says, in one line."""
    told = error.args[0] if error.args else ()
    words = [entry[-1] for entry in told if isinstance(entry, tuple) and entry] if isinstance(told, list) else []
    return "; ".join(str(word) for word in words) or "it broke off"
