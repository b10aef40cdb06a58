"""Session descriptions: who sends sound where, in which codec (RFC 8866), agreed on by offer and answer (RFC 3264).

An offer is a list of ``m=`` lines, each one stream that the offerer would like, with the formats that it can take in
order of preference. The answer has the same lines in the same order; a line that is not wanted gets port 0. We want one
stream: the first audio line over RTP that has a codec of ours in it. Whatever else stands there (pictures, candidates,
codecs that nobody knows) is read over.

    formats    the codecs, and which of several is taken
    reading    octets -> Description
    agreeing   their offer -> our answer; their answer to our offer; both give the Stream
    writing    what we say -> octets
    crypto     the lines about SRTP, for all three; control those about RTCP, web those of browsers (ICE and DTLS)

Phones are read generously: any line end, no ``o=`` or ``t=``, static payload types without ``rtpmap``, keys in any
case. What we write is strict. Every ``a=`` direction is as seen from whoever wrote it, so their ``sendonly`` (we are on
hold) is our ``recvonly``.
"""

from media.sdp.agreeing import Agreed, agree, answer
from media.sdp.crypto import MODES, Security
from media.sdp.formats import CODECS
from media.sdp.reading import Description, Media, parse
from media.sdp.web import Browser
from media.sdp.words import Malformed, Unacceptable
from media.sdp.writing import for_browser, offer

__all__ = [
    "CODECS",
    "MODES",
    "Agreed",
    "Browser",
    "Description",
    "Malformed",
    "Media",
    "Security",
    "Unacceptable",
    "agree",
    "answer",
    "for_browser",
    "offer",
    "parse",
]
