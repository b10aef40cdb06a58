"""Our own registration with somebody's registrar (RFC 3261 section 10.2): what a phone does, and a trunk.

    sending --200--> registered, until nine tenths of what was granted are over; then sending again
    sending --401, 407--> sending with proof; --423--> sending with the time that is asked for
    sending --anything else, or nothing--> failed; sending again after half a minute
"""

from collections.abc import Callable
from typing import Literal
from urllib.parse import quote

from .digest import Answerer
from .effects import Address, RegistrationState
from .headers import param, parse_name_addr
from .message import Response
from .stack import Stack
from .timers import Timer
from .transactions import Transactions
from .uri import Uri
from .writing import Draft

_RETRY = 30.0


class Registration:
    """One user at one registrar. ``gone`` is called when it is taken back. ``user``: who is registered, where that is
    not the name that the password belongs to; ``domain``: where they are known, where that is not the registrar's host.
    """

    def __init__(
        self, stack: Stack, transactions: Transactions, answerer: Answerer, registrar: Address, gone: Callable[[], None],
        user: str = "", domain: str = "",
    ) -> None:  # fmt: skip
        self._stack = stack
        self._transactions = transactions
        self._answerer = answerer
        self._registrar = registrar
        self._gone = gone
        self._user = user or answerer.user
        self._domain = domain or registrar.host
        self._call_id = stack.token()
        self._tag = stack.token()
        self._cseq = 0
        self._expires = 0
        self._timer: Timer | None = None
        self.account: tuple[str, str, str] = (answerer.user, "", domain)
        """Name, password and domain, so that it can be seen whether others are meant now."""

    def leave(self) -> None:
        """Another one takes its place, with the same contact: nothing is sent, and no answer is heard any more."""
        self._stack.cancel(self._timer)
        self._cseq += 1

    def set(self, expires: int) -> None:
        """Ask for so many seconds; 0 takes the registration back."""
        self._expires = expires
        self._send()

    def _send(self) -> None:
        self._stack.cancel(self._timer)
        self._cseq += 1
        stack, registrar = self._stack, self._registrar
        uri = str(Uri("sip", "", self._domain, (registrar.port or None) if self._domain == registrar.host else None))
        who = str(Uri("sip", self._user, self._domain))
        own = stack.here.contact(registrar).replace("sip:", f"sip:{quote(self._user, safe='')}@", 1)
        extra = (
            f"Contact: <{own}>;expires={self._expires}\r\nUser-Agent: {stack.agent}\r\n"
            f"{self._answerer.line('REGISTER', uri)}"
        )
        draft = Draft(
            "REGISTER", uri, registrar, stack.branch(), "", f"<{who}>;tag={self._tag}", f"<{who}>", self._call_id,
            self._cseq, extra,
        )  # fmt: skip
        number = self._cseq
        self._machine = self._transactions.request(
            draft, lambda response: self._heard(number, response), lambda status: self._failed(number, status)
        )

    def _heard(self, number: int, response: Response) -> None:
        if number != self._cseq:
            return
        status = response.status
        if status < 300:
            self._granted(response)
        elif self._may_try_again(response):
            self._send()
        else:
            self._answerer.trust()
            self._failed(number, status)

    def _may_try_again(self, response: Response) -> bool:
        if response.status == 423:
            return self._longer(response.first("min-expires"))
        header = {401: "www-authenticate", 407: "proxy-authenticate"}.get(response.status)
        return header is not None and self._answerer.take(response.status, response.fields.get(header, ()))

    def _granted(self, response: Response) -> None:
        self._answerer.trust()
        if self._expires == 0:
            self._gone()
            self._tell("unregistered", response.status)
            return
        seconds = float(self._seconds(response))
        self._timer = self._stack.after(0.9 * seconds, self._send)
        self._tell("registered", response.status, seconds)

    def _seconds(self, response: Response) -> int:
        """What the registrar grants to our own contact, which is one of perhaps many in its answer."""
        own = f"@{self._stack.here.sent_by(self._registrar)}"
        texts = [param(parse_name_addr(text).params, "expires") for text in response.listed("contact") if own in text]
        for text in (*texts, response.first("expires")):
            if text and text.isascii() and text.isdigit() and int(text[:9]) > 0:
                return int(text[:9])
        return self._expires

    def _longer(self, least: str) -> bool:
        if not (least.isascii() and least.isdigit()) or int(least[:9]) <= self._expires or self._expires == 0:
            return False
        self._expires = int(least[:9])
        return True

    def _failed(self, number: int, status: int) -> None:
        if number != self._cseq:
            return
        state = "failed"
        if self._expires == 0:
            state = "unregistered"
            self._gone()
        else:
            self._timer = self._stack.after(_RETRY, self._send)
        self._tell(state, status)

    def _tell(self, state: Literal["registered", "unregistered", "failed"], status: int, seconds: float = 0.0) -> None:
        place = self._machine.draft.destination if state == "registered" else None
        self._stack.tell(RegistrationState(self._user, state, status, seconds, self._registrar, place))
