"""What stands in the lines of a dialogue, and which messages are said twice over a stream."""

from switch.sip.documents import DialogInfo, DialogState, MessageSummary, Presence
from switch.sip.effects import Address


def content(kind, *words):
    """What the house publishes: ``messages 2 1``, ``open busy``, ``lines confirmed:a early:b``, ``lines``, ``nothing``."""
    if kind == "messages":
        return MessageSummary(*map(int, words))
    if kind in ("open", "closed"):
        return Presence(kind == "open", *words)
    if kind == "nothing":
        return None
    lines = [word.split(":") for word in words]
    return DialogInfo(tuple(DialogState(name, state, "recipient", "4930", "Ann & Co") for state, name in lines))


def blocks(text):
    """Each unindented line with the indented ones that follow it; comments and empty lines are left out."""
    found = []
    for line in text.splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        if line[0] == " ":
            found[-1][1].append(line[2:])
        else:
            found.append((line, []))
    return found


def address(text):
    transport, where = text.split()
    host, _, port = where.rpartition(":")
    return Address(transport, host.strip("[]"), int(port))


def repeated(data):
    """Whether a peer says this twice over a stream, too."""
    start = data.decode().partition("\r\n")[0]
    return start.startswith(("INVITE ", "ACK ", "OPTIONS ", "SIP/2.0 1", "SIP/2.0 2"))


def lasting(data):
    """Whether we repeat this over a stream, too."""
    text = data.decode()
    return (text.startswith("SIP/2.0 2") and " INVITE\r\n" in text) or (text.startswith("SIP/2.0 1") and "\r\nRSeq:" in text)
