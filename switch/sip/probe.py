"""Is a peer there? OPTIONS outside any dialog (RFC 3261 section 11), which any SIP server answers without being asked twice.

What it answers matters little: whoever says 404 or 405 is there. That is for the house to judge.
"""

from .effects import Address, Probed
from .headers import clean
from .stack import Stack
from .transactions import Transactions
from .writing import Draft


def probe(stack: Stack, transactions: Transactions, name: str, uri: str, destination: Address) -> None:
    """Send one OPTIONS; the news is :class:`Probed`, with 408 or 503 where no answer came."""
    uri = clean(uri)
    extra = f"{stack.contact(destination)}Accept: application/sdp\r\nUser-Agent: {stack.agent}\r\n"
    own = f"<sip:{stack.here.sent_by(destination)}>;tag={stack.token()}"
    draft = Draft(
        "OPTIONS", uri, destination, stack.branch(), "", own, f"<{uri}>",
        stack.token(), 1, extra,
    )  # fmt: skip
    machine = transactions.request(
        draft,
        lambda response: stack.tell(Probed(name, response.status, machine.draft.destination)),
        lambda status: stack.tell(Probed(name, status)),
    )
