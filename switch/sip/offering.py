"""What the house learns of an INVITE: who calls whom, as far as the message itself says."""

from .effects import Offered
from .errors import PeerError
from .gruu import Phone
from .headers import clean
from .identity import Claims
from .message import Request
from .uri import parse_uri


def offered(
    call: str, request: Request, user: str | None, replaces: str = "", phone: Phone | None = None
) -> Offered:
    """The news of an INVITE outside any dialog."""
    caller = ""
    try:
        address = parse_uri(request.from_.uri)
        if not address.host.lower().endswith("anonymous.invalid") and address.user.lower() != "anonymous":
            caller = clean(address.user)
    except PeerError:
        # A caller with an address of another world, such as http:, is one without a number.
        pass
    name = clean(request.from_.display)
    called = clean(request.target.user.partition(";")[0]) if phone is None else phone.user
    agent = clean(request.first("user-agent"))
    return Offered(
        call, caller, name, called, request.source, user, request.sdp, agent, replaces, Claims(request.fields),
        "" if phone is None else phone.instance, request.hops)
