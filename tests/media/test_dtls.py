"""The handshake: the same keys on both sides, on any net; with nobody else."""

from random import Random

import pytest
from OpenSSL import SSL

from media import dtls
from media.certificate import make
from media.srtp import SUITES
from tests.media.browser import OTHER, OURS, THEIRS


class Pair:
    """Two ends and a net that loses, repeats and exchanges datagrams."""

    def __init__(self, *, trusts=OURS, shows=THEIRS, profiles=b"", seed=1, loss=0.0):
        shared = dtls.context(shows)
        if profiles:
            shared.set_tlsext_use_srtp(profiles)
        self.ours = dtls.Handshake(dtls.context(OURS), (THEIRS.fingerprint,), active=False)
        self.theirs = dtls.Handshake(shared, (trusts.fingerprint,), active=True)
        self.random, self.loss, self.now = Random(seed), loss, 0.0
        self.way = {self.ours: [], self.theirs: self.theirs.begin(0.0)}
        self.largest = 0

    def run(self, seconds=29.0):
        """Until both have keys, or time is over. Gives whether they have."""
        while self.now < seconds and not (self.ours.keys and self.theirs.keys):
            for end, other in ((self.ours, self.theirs), (self.theirs, self.ours)):
                came, self.way[other] = self.way[other], []
                came = [octets for octets in came if self.random.random() >= self.loss]
                if self.loss:
                    came += [octets for octets in came if self.random.random() < 0.1]
                    self.random.shuffle(came)
                said = end.receive(came, self.now) if came else []
                if end.deadline is not None and end.deadline <= self.now:
                    said = said + end.wake(self.now)
                self.largest = max([self.largest, *map(len, said)])
                self.way[end] += said
            self.now += 0.02
        return bool(self.ours.keys and self.theirs.keys)


def test_both_have_the_same_keys_each_for_its_side():
    pair = Pair()
    assert pair.run()
    assert pair.now < 0.2
    ours, theirs = pair.ours.keys, pair.theirs.keys
    assert (ours.suite, ours.ours, ours.theirs) == (theirs.suite, theirs.theirs, theirs.ours)
    assert ours.ours != ours.theirs
    assert pair.largest <= 1200
    assert pair.ours.deadline is pair.theirs.deadline is None


@pytest.mark.parametrize(("profiles", "suite"), [
    (b"SRTP_AES128_CM_SHA1_80", "AES_CM_128_HMAC_SHA1_80"),
    (b"SRTP_AES128_CM_SHA1_32:SRTP_AES128_CM_SHA1_80", "AES_CM_128_HMAC_SHA1_80"),
    (b"SRTP_AES128_CM_SHA1_80:SRTP_AEAD_AES_256_GCM", "AEAD_AES_256_GCM"),
    (b"SRTP_AES128_CM_SHA1_80:SRTP_AEAD_AES_256_GCM:SRTP_AEAD_AES_128_GCM", "AEAD_AES_128_GCM"),
])  # fmt: skip
def test_the_profile_is_ours_to_choose_of_theirs(profiles, suite):
    pair = Pair(profiles=profiles)
    pair.theirs._derive = lambda: None
    pair.run(1.0)
    assert pair.ours.keys.suite == suite
    assert len(pair.ours.keys.ours) == SUITES[suite][1]


def test_without_a_profile_in_common_there_are_no_keys():
    pair = Pair(profiles=b"SRTP_AES128_CM_SHA1_32")
    pair.theirs._derive = lambda: None
    with pytest.raises(dtls.Failed, match="no protection profile"):
        pair.run()


@pytest.mark.parametrize("seed", range(12))
def test_on_a_net_that_loses_repeats_and_exchanges(seed):
    assert Pair(seed=seed, loss=0.3).run()


def test_the_last_flight_is_sent_again_to_who_did_not_get_it():
    pair = Pair()
    while not pair.ours.keys:
        pair.way[pair.ours] = pair.ours.receive(pair.way[pair.theirs], 0.0)
        if not pair.ours.keys:
            pair.way[pair.theirs] = pair.theirs.receive(pair.way[pair.ours], 0.0)
    again = pair.ours.receive(pair.theirs.wake(0.2), 0.2)
    assert again
    pair.theirs.receive(again, 0.2)
    assert pair.theirs.keys


def test_another_certificate_than_the_named_one_is_refused():
    with pytest.raises(dtls.Failed, match="certificate is not the one"):
        Pair(shows=OTHER).run()


def test_a_far_end_without_a_certificate_is_refused():
    pair = Pair()
    shared = SSL.Context(SSL.DTLS_METHOD)
    shared.set_tlsext_use_srtp(b"SRTP_AEAD_AES_128_GCM")
    pair.theirs = dtls.Handshake(shared, (OURS.fingerprint,), active=True)
    pair.way[pair.theirs] = pair.theirs.begin(0.0)
    with pytest.raises(dtls.Failed):
        pair.run()


def test_it_is_given_up_after_ten_seconds_ever_more_slowly():
    pair = Pair()
    said, now = [], 0.0
    with pytest.raises(dtls.Failed, match="does not go on"):
        while pair.theirs.deadline is not None:
            now = pair.theirs.deadline
            said.append((round(now, 3), pair.theirs.wake(now)))
    assert [moment for moment, _ in said][:5] == [0.1, 0.3, 0.7, 1.5, 3.1]
    assert len({tuple(datagrams) for _, datagrams in said}) == 1
    assert 6.0 < said[-1][0] < 10.0
    assert pair.theirs.deadline is None


def test_nonsense_hurts_nobody():
    pair = Pair()
    for octets in (b"\x16", b"\x16\xfe\xfd" + bytes(60), b"\x3f" * 1400, bytes(range(20, 64))):
        assert pair.ours.receive([octets], 0.0) == []
    assert pair.run()


def test_the_end_is_told_once_there_was_a_beginning():
    pair = Pair()
    assert pair.ours.end() == []
    assert pair.run()
    (goodbye,) = pair.ours.end()
    assert goodbye[0] == 21
    assert pair.theirs.receive([goodbye], 1.0) == []


def test_a_fingerprint_is_written_as_sdp_writes_it():
    certificate = make(1_700_000_000.0)
    assert len(certificate.fingerprint) == 95
    assert certificate.fingerprint == certificate.fingerprint.upper()
    assert certificate.fingerprint != OURS.fingerprint
