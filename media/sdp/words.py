"""What may be wrong with a session description."""


class Malformed(ValueError):
    """Not a session description; a request that carries it deserves 400."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Unacceptable(ValueError):
    """A session description, but nothing in it that we can speak; the request deserves 488. ``warning``: what kind of
    thing that is, a code of RFC 3261 section 20.43."""

    def __init__(self, reason: str, warning: int) -> None:
        super().__init__(reason)
        self.reason = reason
        self.warning = warning
