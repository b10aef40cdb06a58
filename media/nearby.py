"""I/O: sockets that this machine alone can reach, under every address that it has.

A switch that is tried out listens on 127.0.0.1, so that nobody else can reach it. Firefox sends no sound there: it makes no
candidates of loopback addresses, and pairs none of its others with one. To another address of its own machine it does
send, and whatever a machine sends to itself goes by the loopback device. So the sockets of sound are bound to every
address then, and a filter in the kernel drops what came by any other device. ``SO_BINDTODEVICE`` would not do: to a
socket, the device of such a packet is the one that has its address.
"""

import ctypes
import socket
import struct

_ATTACH_FILTER = 26
_DEVICE = 0xFFFFF000 + 8
"""What stands for the number of the device from which a packet came (SKF_AD_OFF + SKF_AD_IFINDEX, linux/filter.h)."""
_LOAD, _EQUALS, _RETURN = 0x20, 0x15, 0x06
_ALL = 0xFFFFFFFF
_ELSEWHERE = "203.0.113.1"
"""Of the addresses for examples (RFC 5737): nobody is there, and nothing is sent."""


def keep_near(seat: socket.socket, device: str = "lo") -> bool:
    """Let the socket hear nothing but what comes by this device; False = this system cannot do that."""
    try:
        rules = [(_LOAD, 0, 0, _DEVICE), (_EQUALS, 0, 1, socket.if_nametoindex(device)), (_RETURN, 0, 0, _ALL),
                 (_RETURN, 0, 0, 0)]
        program = ctypes.create_string_buffer(b"".join(struct.pack("=HBBI", *rule) for rule in rules))
        seat.setsockopt(socket.SOL_SOCKET, _ATTACH_FILTER, struct.pack("@HP", len(rules), ctypes.addressof(program)))
    except OSError:
        return False
    return True


def own_address() -> str:
    """The address of this machine towards the world; empty = it has none but those of loopback."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asked:
        try:
            asked.connect((_ELSEWHERE, 9))
        except OSError:
            return ""
        host = asked.getsockname()[0]
    return "" if host.startswith(("127.", "0.")) else host
