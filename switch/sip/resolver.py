"""I/O: asks the DNS what the SIP room wants to know. Answers are kept as long as their TTL says; what is not there, too.

A question that nobody answers in time is answered with nothing: a call must not wait for a server that is gone. What the
DNS does not know may stand in the machine's own list of hosts.
"""

from collections.abc import Sequence
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from .effects import Naptr, Question, Records, Srv

_DEADLINE = 4.0
_TRY = 1.5
_KEPT = 10_000
_HOSTS = Path("/etc/hosts")


class Resolver:
    """``servers``: addresses of name servers, with ``port``; None = those of the machine. ``deadline``: seconds."""

    def __init__(self, servers: Sequence[str] | None = None, port: int = 53, *, deadline: float = _DEADLINE,
                 hosts: Path = _HOSTS) -> None:
        self._servers = servers
        self._port = port
        self._deadline = deadline
        self._hosts = hosts
        self._resolver: Any = None

    async def ask(self, question: Question) -> Records:
        """All records; none where there are none, or nobody said so in time."""
        from dns.exception import DNSException  # a third of a second at the start, for those who use no names

        try:
            answer = await self._ready().resolve(f"{question.name.rstrip('.')}.", question.kind, raise_on_no_answer=False)
        except (DNSException, OSError, ValueError):
            return self._listed(question)
        found = tuple(record for record in map(_record, answer.rrset or ()) if record is not None)
        return found or self._listed(question)

    def _ready(self) -> Any:
        if self._resolver is None:
            import dns.asyncresolver
            import dns.resolver

            made = dns.asyncresolver.Resolver(configure=self._servers is None)
            if self._servers is not None:
                made.nameservers, made.port = list(self._servers), self._port
            made.timeout, made.lifetime = _TRY, self._deadline
            made.cache = dns.resolver.LRUCache(_KEPT)
            self._resolver = made
        return self._resolver

    def _listed(self, question: Question) -> Records:
        if question.kind not in ("A", "AAAA"):
            return ()
        try:
            lines = self._hosts.read_text(encoding="utf-8", errors="replace").splitlines()
        except OSError:
            return ()
        wanted, found = question.name.rstrip(".").lower(), []
        for line in lines:
            host, *names = line.partition("#")[0].lower().split() or [""]
            if wanted in names and (":" in host) == (question.kind == "AAAA") and "%" not in host:
                found.append(host)
        return tuple(found)


def _record(record: Any) -> Naptr | Srv | str | None:
    kind = type(record).__name__
    if kind == "SRV":
        return Srv(record.priority, record.weight, record.port, record.target.to_text(omit_final_dot=True))
    if kind == "NAPTR":
        flags, service = record.flags.decode("ascii", "replace"), record.service.decode("ascii", "replace")
        return Naptr(record.order, record.preference, flags, service, record.replacement.to_text(omit_final_dot=True))
    return str(ip_address(record.address)) if kind in ("A", "AAAA") else None
