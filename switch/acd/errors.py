"""How the queue room says no."""


class Refused(Exception):
    """What was asked cannot be; nothing has changed. ``code`` is a word for programs, ``sentence`` is for people.

    Codes: unknown_agent, unknown_queue, unknown_strategy, logged_out, busy, waiting, not_in_wrap_up, bad_seconds.
    """

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code
        self.sentence = sentence
