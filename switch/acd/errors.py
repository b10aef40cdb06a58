"""How the queue room says no."""


class Refused(Exception):
    """What was asked cannot be; nothing has changed. ``code`` is a word for programs, ``reason`` a sentence for people.

    Codes: unknown_agent, unknown_queue, unknown_strategy, logged_out, busy, unknown, unreachable, waiting,
    not_in_wrap_up, bad_seconds.
    """

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason
