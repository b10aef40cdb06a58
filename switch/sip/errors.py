"""What a peer can do wrong.

There is one error in this room. It carries the answer that the peer has earned, so that whoever notices the mistake
needs to know nothing of transactions, and whoever holds the transaction needs to know nothing of the mistake.
"""


class PeerError(Exception):
    """A message that we cannot accept.

    status: the final response that says so (RFC 3261 section 21), where the message can be answered at all.
    reason: the phrase for the status line, in words that help the peer's engineer.
    extra: whole header lines that the answer must have, for example Allow with a 405.
    """

    def __init__(self, status: int, reason: str, extra: str = "") -> None:
        super().__init__(f"{status} {reason}")
        self.status = status
        self.reason = reason
        self.extra = extra
