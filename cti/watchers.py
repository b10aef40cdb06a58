"""Who may see how the switch does: ``/health`` and ``/metrics``.

They name trunks, count calls and say what is wrong with the machine, so they are not for everybody; and whoever asks
(Prometheus, a load balancer, a probe) is a program that cannot log in. So they show a token of their own, or come from an
address that is known. While no token is set, this machine may look; once there is one, it is wanted of local callers, too,
for behind a proxy everybody is local.
"""

import hmac
from collections.abc import Sequence
from ipaddress import ip_address, ip_network

from aiohttp import web

from cti.answers import RestRefused

_PASSED_ON = {"Forwarded", "X-Forwarded-For", "X-Real-IP", "Via"}


class Watchers:
    """``token``: empty = none. ``known``: addresses and networks that need none."""

    def __init__(self, token: str = "", known: Sequence[str] = ()) -> None:
        self._token = token.encode()
        self._known = [ip_network(place, strict=False) for place in known]

    def check(self, request: web.Request) -> None:
        """Raises :class:`RestRefused`."""
        if not self.admit(request):
            raise RestRefused(401, "no_token", "say who you are: Authorization: Bearer <http.status_token>")

    def admit(self, request: web.Request) -> bool:
        """Whether who asks may look."""
        here = not self._token and from_here(request)
        return here or self.knows(request.remote or "", request.headers.get("Authorization", ""))

    def knows(self, host: str, authorization: str) -> bool:
        """By the token (RFC 6750), where one is shown, else by the address."""
        scheme, _, shown = authorization.partition(" ")
        if self._token and scheme.lower() == "bearer":
            return hmac.compare_digest(shown.strip().encode("utf-8", "surrogateescape"), self._token)
        try:
            address = ip_address(host.partition("%")[0])
        except ValueError:
            return False
        return any(address in place for place in self._known)


def from_here(request: web.Request) -> bool:
    """Whether this machine itself asks, and no proxy on it for somebody else."""
    try:
        near = ip_address((request.remote or "").partition("%")[0])
    except ValueError:
        return False
    mapped = getattr(near, "ipv4_mapped", None)
    return (mapped or near).is_loopback and not request.headers.keys() & _PASSED_ON
