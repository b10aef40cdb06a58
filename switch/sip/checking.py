"""What a request insists on, and whether we can give it (RFC 3261 section 8.2): extensions, bodies, Contacts."""

from .effects import SECURE
from .errors import PeerError
from .here import Here
from .message import Request
from .phrases import phrase
from .stack import EXTENSIONS

ACCEPT = "Accept: application/sdp, multipart/mixed\r\n"
_ACCEPTABLE = {"application/sdp", "application/*", "*/*"}
_OF_SESSIONS = ("INVITE", "UPDATE", "PRACK")


def check_scheme(request: Request, here: Here) -> None:
    """A sips: address is for TLS on every hop, the last one too (RFC 5630 section 4). Raises PeerError 416 where no TLS is
    spoken, 480 with a Warning where it could have been."""
    if request.source.transport not in SECURE and request.uri[:5].lower() == "sips:":
        if not here.tls_port:
            raise PeerError(416, phrase(416))
        raise PeerError(480, phrase(480), f'Warning: 380 {here.sent_by(request.source)} "SIPS Not Allowed"\r\n')


def check_required(request: Request) -> None:
    """What the peer insists on (8.2.2.3). Raises PeerError 420 with what we do not have."""
    unknown = [option for option in request.listed("require") if option.lower() not in EXTENSIONS]
    if request.method == "REGISTER":
        unknown = [option for option in unknown if option.lower() not in ("outbound", "gruu")]
    if unknown:
        raise PeerError(420, phrase(420), f"Unsupported: {', '.join(unknown)}\r\n")


def check_content(request: Request) -> None:
    """Whether a session can be understood (8.2.3) and answered (8.1.1.8). Raises PeerError 400, 406 or 415."""
    if request.method in _OF_SESSIONS:
        optional = "handling=optional" in request.first("content-disposition").lower().replace(" ", "")
        if request.body and request.sdp is None and not optional:
            raise PeerError(415, phrase(415), ACCEPT)
        if request.first("content-encoding").lower() not in ("", "identity") and not optional:
            raise PeerError(415, phrase(415), "Accept-Encoding: identity\r\n")
    if request.method == "INVITE":
        contacts = len(request.listed("contact"))
        if contacts > 1 or (not contacts and request.from_tag):  # older than RFC 3261: neither tag nor Contact
            raise PeerError(400, "Exactly one Contact needed")
        if "accept" in request.fields and not _ACCEPTABLE.intersection(map(_media_type, request.listed("accept"))):
            raise PeerError(406, phrase(406), ACCEPT)


def _media_type(value: str) -> str:
    return value.partition(";")[0].strip().lower()
