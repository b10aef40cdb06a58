"""Whole dialogues, written as text, played to one endpoint.

Each ``*.txt`` beside this file holds dialogues; a line ``== title`` begins one. The switch is 192.0.2.1:5060.

    @ udp 192.0.2.10:5070      from now on the peer speaks from here (this is where it begins)
    > INVITE sip:5000@shoal    the peer sends this. Indented lines are headers; what is not written is filled in with what
      Max-Forwards: 0          a decent phone would say: Via with a new branch, From alice, CSeq one higher, To with {tag}
      | v=0                    within a dialog, Contact. ``-Header`` leaves one out. ``|`` lines are the body.
    > SIP/2.0 200 OK           the peer answers the last request it got, or the one whose CSeq is written
      Authorization: digest 1001 demo-1001 SHA-256 1      is worked out for the last challenge (and a count)
    > again                    the peer sends its last message once more
    >> INVITE ...              exactly this, nothing filled in; a line of its own ``\\`` is an empty line
    < SIP/2.0 200 OK           this must come back; * stands for anything, {name} for what it is and then stays
      To: *;tag={tag}          headers that must be there; ``-Header`` must not; ``@: udp host:port`` is where it must go
    < again                    the very same bytes as the last time, to the same place
    = Offered called='5000' call={call}     the house must be told this
    = answer {call}            the house does this
    + 0.5                      so many seconds pass

Everything that comes back must be written, in its order. After each dialogue ten hours pass, and nothing may be left.

What is written for UDP over IPv4 is played over IPv6, TCP, TLS and websockets, too, with the differences that are right
(``player``).
A title that ends in ``[udp]`` is of a subject that only UDP has; so is a line that begins with ``[udp] ``, and one with
``[stream] `` is for the others. What is written for TCP is played as it stands.
"""

import re
from pathlib import Path

import pytest

from tests.wire.player import Player

UDP, STREAM = "[udp]", "[stream]"
OF_TCP = re.compile(r"^(@|=.*) (tcp|wss?) ", re.MULTILINE)
"""Written for connections of one kind from the start."""
BOTH = re.compile(r"^( *(?:WWW|Proxy)-Authenticate: (?:\*.*|Digest \*|Digest realm=.shoal.*))"
                  r"(\n *(?:WWW|Proxy)-Authenticate: .*)?$", re.MULTILINE)
"""What a challenge of ours says of both algorithms; browsers are asked for MD5 alone."""


def dialogues(*, streams):
    for path in sorted(Path(__file__).parent.glob("*.txt")):
        for part in re.split(r"^== ", path.read_text(), flags=re.MULTILINE)[1:]:
            title, _, text = part.partition("\n")
            if not title.endswith(UDP if streams else STREAM) and not (streams and OF_TCP.search(text)):
                yield pytest.param(text, id=f"{path.stem}: {title}")


@pytest.mark.parametrize("text", list(dialogues(streams=False)))
def test_dialogue(text):
    player = Player()
    player.play(only(UDP, text))
    player.leave()


@pytest.mark.parametrize("text", list(dialogues(streams=False)))
def test_the_same_over_ipv6(text):
    player = Player("2001:db8::1", "2001:db8::10")
    player.play(over_ipv6(only(UDP, text)))
    player.leave()


@pytest.mark.parametrize("transport", ["tcp", "tls", "ws", "wss"])
@pytest.mark.parametrize("text", list(dialogues(streams=True)))
def test_the_same_over_a_stream(text, transport):
    player = Player(transport=transport)
    player.play(over_stream(only(STREAM, text), transport))
    player.leave()


def only(wanted, text):
    """The dialogue with those of its marked lines that are wanted."""
    lines = [line.removeprefix(wanted).lstrip() if line.startswith("[") else line for line in text.splitlines()
             if not line.startswith("[") or line.startswith(wanted)]
    return "\n".join(lines)


def over_ipv6(text):
    """A dialogue whose addresses are of IPv6: bare in ``received`` and in values, in brackets elsewhere; a Call-ID stays."""
    text = re.sub(r"(received=|host=')192\.0\.2\.(\d+)", r"\g<1>2001:db8::\2", text)
    return re.sub(r"(?<!call-2@)\b192\.0\.2\.(\d+)", r"[2001:db8::\1]", text)


def over_stream(text, transport):
    """A dialogue over connections: named so in places and in Via, wished for in what each side calls itself and in routes;
    our Via says that it may be used for what the peer asks (RFC 5923)."""
    text = re.sub(r"\budp (?=192\.)", f"{transport} ", text)
    text = re.sub(r"(SIP */ *2\.0 */ *)UDP\b", rf"\g<1>{transport.upper()}", text)
    named = "ws" if transport == "wss" else transport  # in a URI
    if transport in ("ws", "wss"):
        text = BOTH.sub(lambda found: found[1].replace("SHA-256", "MD5"), text)
        text = re.sub(r"^ *@: .*\n", "", text, flags=re.MULTILINE)  # that there is one way alone is written in websocket.txt
    else:
        text = re.sub(r"(SIP/2\.0/\w+ 192\.0\.2\.1:5060);branch", r"\g<1>;alias;branch", text)
    text = re.sub(r"(sip:\w+@192\.0\.2\.(?!1:)\d+:\d+)(?!\d|;transport)", rf"\g<1>;transport={named}", text)
    text = re.sub(r"(<sip:192[\d.:]+);lr>", rf"\g<1>;transport={named};lr>", text)
    text = re.sub(r"(?<=Contact: <)(sip:(?:\w+@)?192\.0\.2\.1:5060)", rf"\g<1>;transport={named}", text)
    return re.sub(r"(192\.0\.2\.\d+):5060", r"\g<1>:5061", text) if transport == "tls" else text
