"""Is a peer there? OPTIONS outside any dialog (RFC 3261 section 11), which any SIP server answers without being asked twice.

What it answers matters little: whoever says 404 or 405 is there. That is for the house to judge.
"""

from .effects import Address, Probed
from .headers import clean
from .message import Response
from .stack import Stack
from .transactions import Transactions
from .writing import Draft


def probe(stack: Stack, transactions: Transactions, name: str, uri: str, destination: Address, within: float) -> None:
    """Send one OPTIONS; the news is :class:`Probed`, with 408 or 503 where no answer came. ``within``: seconds for which
    it is waited for; 0 = as long as the RFC waits."""
    uri = clean(uri)
    extra = f"{stack.contact(destination)}Accept: application/sdp\r\nUser-Agent: {stack.agent}\r\n"
    own = f"<sip:{stack.here.sent_by(destination)}>;tag={stack.token()}"
    draft = Draft(
        "OPTIONS", uri, destination, stack.branch(), "", own, f"<{uri}>",
        stack.token(), 1, extra,
    )  # fmt: skip

    def heard(response: Response) -> None:
        stack.cancel(patience)
        stack.tell(Probed(name, response.status, machine.draft.destination))

    def failed(status: int) -> None:
        stack.cancel(patience)
        stack.tell(Probed(name, status))

    patience = stack.after(within, lambda: machine.fail(408)) if within else None
    machine = transactions.request(draft, heard, failed)
