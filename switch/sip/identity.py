"""Who is calling, as networks say it beside From, and through whom a call was led (RFC 3323, 3325, 5806, 7044).

Nothing here is believed. From is what the caller wrote; P-Asserted-Identity and Remote-Party-ID are what a network vouches
for, and worth as much as the peer that sent them; which peers are trusted is for the house to say. So an INVITE's claims
are kept as they came, and read only when somebody asks: most calls from phones have none.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple
from urllib.parse import unquote

from .errors import PeerError
from .headers import NameAddr, clean, params, parse_name_addr, split
from .uri import Uri, parse_uri

HIDING = frozenset({"id", "user", "header"})
"""Words of Privacy with which a caller is not shown to who is called (RFC 3323 section 4.2, RFC 3325 section 9.3)."""
_LONGEST = 20
"""Entries of one header that are looked at."""


class Party(NamedTuple):
    """Somebody in a header: fit for people and JSON."""

    number: str
    """User part, or the number of a tel: URI; empty = anonymous."""
    name: str


class Diversion(NamedTuple):
    """One leading on: whose number was called, and why the call did not stay there."""

    number: str
    reason: str
    """unconditional, user-busy, no-answer, deflection ... (RFC 5806); empty where nothing is said."""


class Claims:
    """What one INVITE says, read when asked. ``fields``: full lower-case header names -> values."""

    __slots__ = ("_fields",)

    def __init__(self, fields: Mapping[str, Sequence[str]]) -> None:
        self._fields = fields

    @property
    def asserted(self) -> Party | None:
        """P-Asserted-Identity; of two (sip: and tel:) the number of tel: with a name of either (RFC 3325 section 9.1)."""
        return _best([_party(address) for address in self._addresses("p-asserted-identity")[:2]])

    @property
    def preferred(self) -> Party | None:
        """P-Preferred-Identity: which of its identities a proved user wants to be seen with."""
        return _best([_party(address) for address in self._addresses("p-preferred-identity")[:2]])

    @property
    def remote_party(self) -> Party | None:
        """Remote-Party-ID of the calling party: what older equipment says instead of P-Asserted-Identity."""
        for address in self._addresses("remote-party-id"):
            if params(address.params).get("party", "calling").lower() == "calling":
                return _party(address)
        return None

    @property
    def privacy(self) -> frozenset[str]:
        """The words of Privacy, and the ``privacy`` of Remote-Party-ID in the same words (full and uri = id)."""
        words = {word.strip().lower() for value in self._fields.get("privacy", ()) for word in value.split(";")}
        for address in self._addresses("remote-party-id"):
            told = params(address.params)
            if told.get("party", "calling").lower() == "calling" and told.get("privacy", "").lower() in ("full", "uri"):
                words.add("id")
        return frozenset(words - {""})

    @property
    def withheld(self) -> bool:
        """Whether the caller does not want to be shown to who is called; ``none`` overrules all else."""
        words = self.privacy
        return "none" not in words and not HIDING.isdisjoint(words)

    @property
    def diversions(self) -> tuple[Diversion, ...]:
        """Who led the call on, the latest first: Diversion, or where there is none History-Info."""
        told = [_diversion(address) for address in self._addresses("diversion")]
        return tuple(told or reversed(_from_history(self._addresses("history-info"))))

    def _addresses(self, header: str) -> list[NameAddr]:
        """The readable entries of a header; a mistake in what nobody needs is no reason to refuse a call."""
        found = []
        for value in self._fields.get(header, ()):
            for piece in split(value)[:_LONGEST]:
                try:
                    found.append(parse_name_addr(piece))
                except PeerError:
                    continue
        return found[:_LONGEST]


def asserting(number: str, name: str, host: str, withheld: bool) -> tuple[tuple[str, str], ...]:
    """The headers with which we tell a trusted trunk who calls (RFC 3325 section 9.1); From says what may be seen."""
    if not number:
        return ()
    shown = f'"{clean(name).translate(_QUOTES)}" ' if name else ""
    lines = (("P-Asserted-Identity", f"{shown}<{Uri('sip', number, host)}>"),)
    return (*lines, ("Privacy", "id")) if withheld else lines


_QUOTES = str.maketrans({'"': "'", "\\": "/"})
NOTHING_CLAIMED = Claims({})


def _party(address: NameAddr) -> Party:
    number = ""
    try:
        uri = parse_uri(address.uri)
        if not uri.host.lower().endswith("anonymous.invalid") and uri.user.lower() != "anonymous":
            number = clean(uri.user.partition(";")[0])
    except PeerError:
        pass
    return Party(number, clean(address.display))


def _best(parties: list[Party]) -> Party | None:
    if not parties:
        return None
    numbers = sorted([party.number for party in parties if party.number], key=_is_number, reverse=True)
    names = [party.name for party in parties if party.name]
    return Party(numbers[0] if numbers else "", names[0] if names else "")


def _is_number(text: str) -> bool:
    return text.lstrip("+").isdigit()


def _diversion(address: NameAddr) -> Diversion:
    return Diversion(_party(address).number, clean(params(address.params).get("reason", "")).lower())


def _from_history(entries: list[NameAddr]) -> list[Diversion]:
    """The entries that a later one was made of (``mp`` and ``rc`` name it by its index), or that say why they failed."""
    by_index = {params(entry.params).get("index", ""): entry for entry in entries}
    found: list[Diversion] = []
    for before, entry in zip([None, *entries], entries, strict=False):
        told = params(entry.params)
        origin = by_index.get(told.get("mp") or told.get("rc") or "")
        if origin is None and before is not None and _cause(entry):
            origin = before
        if origin is not None and origin is not entry:
            found.append(Diversion(_party(origin).number, _REASONS.get(_cause(entry), "")))
    return found


_REASONS = {"302": "unconditional", "404": "unknown", "408": "no-answer", "480": "deflection", "486": "user-busy",
            "487": "deflection", "503": "unavailable"}
"""What a ``cause`` in the new target says (RFC 4458 section 2), in the words of Diversion."""


def _cause(entry: NameAddr) -> str:
    for piece in entry.uri.partition("?")[0].split(";")[1:]:
        key, _, value = piece.partition("=")
        if key.strip().lower() == "cause":
            return unquote(value).strip()
    return ""
