"""TLS for SIP: who we are, and whose word we take (RFC 3261 section 26.3, RFC 5922).

Every connection takes the contexts that stand here at its beginning, so that files which have changed are read for those
that come, while those that are up keep what they began with. Files that cannot be used change nothing. They are read when
they have rested between two looks: a certificate and its key are seldom written in the same moment.

A server that we connect to must bear the name that we asked for, or the address where we had no name. A client is asked
for a certificate where an authority is set; the names that it proves are those of ``names_of``.
"""

import ssl
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal


class TlsError(Exception):
    """These files cannot be used; the text says which and why."""


@dataclass(frozen=True)
class Files:
    """Where everything lies. ``ca``: the authorities that we believe; None = no clients are asked, and servers are
    believed that the machine believes."""

    certificate: Path
    key: Path
    ca: Path | None = None
    clients: Literal["ask", "require", "no"] = "ask"
    check_servers: bool = True
    """False: a server may be anybody; what is said to it is secret all the same, but to whom nobody knows."""
    oldest: Literal["1.2", "1.3"] = "1.2"


class Identity:
    """What we show and believe, as of the last good files. Raises TlsError when there are none to begin with."""

    def __init__(self, files: Files) -> None:
        self._files = files
        self._seen = self._read = _stamps(files)
        self.server = _server(files)
        self.client = _client(files)
        self.pages = _pages(files)
        """For a server of pages, to which browsers show no certificates; it is always this one, and is renewed itself."""

    def look(self) -> bool:
        """Whether new files have been taken up. Raises TlsError, once, for new ones that cannot be used."""
        stamps, seen = _stamps(self._files), self._seen
        self._seen = stamps
        if stamps != seen or stamps == self._read:
            return False
        self._read = stamps
        self.server, self.client = _server(self._files), _client(self._files)
        _loaded(self.pages, self._files)
        return True


def names_of(certificate: dict[str, Any] | None) -> tuple[str, ...]:
    """The names that a verified certificate proves, lower case: DNS names, hosts of sip: URIs and addresses of its
    subjectAltName; only where it has none of these, its common name (RFC 5922 section 7.1)."""
    if not certificate:
        return ()
    names = []
    for kind, value in certificate.get("subjectAltName", ()):
        if kind == "URI" and value.lower().startswith("sip:") and "@" not in value:
            names.append(value[4:].lower())
        elif kind in ("DNS", "IP Address"):
            names.append(value.lower())
    if not names:
        names = [value.lower() for part in certificate.get("subject", ()) for key, value in part if key == "commonName"]
    return tuple(dict.fromkeys(names))


def _stamps(files: Files) -> tuple[tuple[int, int, int] | None, ...]:
    return tuple(_stamp(path) for path in (files.certificate, files.key, files.ca) if path is not None)


def _stamp(path: Path) -> tuple[int, int, int] | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size, status.st_ino


def _server(files: Files) -> ssl.SSLContext:
    context = _loaded(ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), files)
    if files.ca is not None and files.clients != "no":
        _believe(context, files.ca)
        context.verify_mode = ssl.CERT_REQUIRED if files.clients == "require" else ssl.CERT_OPTIONAL
    return context


def _pages(files: Files) -> ssl.SSLContext:
    return _loaded(ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), files)


def _client(files: Files) -> ssl.SSLContext:
    context = _loaded(ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT), files)
    if not files.check_servers:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    elif files.ca is not None:
        _believe(context, files.ca)
    else:
        context.load_default_certs(ssl.Purpose.SERVER_AUTH)
    return context


def _loaded(context: ssl.SSLContext, files: Files) -> ssl.SSLContext:
    context.minimum_version = ssl.TLSVersion.TLSv1_3 if files.oldest == "1.3" else ssl.TLSVersion.TLSv1_2
    context.options |= ssl.OP_NO_RENEGOTIATION
    try:
        # A key with a password would make OpenSSL ask for it on the terminal.
        context.load_cert_chain(files.certificate, files.key, password=lambda: b"")
    except (OSError, ValueError) as error:
        raise TlsError(f"{files.certificate} with {files.key}: {_why(error)}") from None
    return context


def _believe(context: ssl.SSLContext, ca: Path) -> None:
    try:
        context.load_verify_locations(ca)
    except (OSError, ValueError) as error:
        raise TlsError(f"{ca}: {_why(error)}") from None


def _why(error: Exception) -> str:
    if isinstance(error, ssl.SSLError):
        reason = (error.reason or "").replace("_", " ").lower()
        return {"key values mismatch": "the key does not belong to the certificate"}.get(reason, reason) or "not PEM"
    return getattr(error, "strerror", None) or str(error)
