"""How large a message and its parts may be. What is larger is answered, where there is a Via to answer to, and not read on.

Each figure is far above what phones and trunks send (an INVITE of a browser with all its candidates has 6 KB, the longest
message of RFC 4475 has 3.5 KB with 34 Vias) and far below what would hurt. There is nothing that nests in what is read here:
all scans are linear, and bodies of several parts are not opened.
"""

HEAD_BYTES = 32 * 1024
"""Start line and headers together; 513 beyond."""
LINE_BYTES = 8 * 1024
"""One header with its continuations: an identity or a ticket has 2 to 4 KB; 513 beyond."""
HEADERS = 256
"""Header lines; 513 beyond."""
VIAS = 70
"""Hops, as many as Max-Forwards begins with (RFC 3261 section 8.1.1.6); 483 beyond."""
BODY_BYTES = 64 * 1024
"""The body; 513 beyond. A datagram cannot hold more, a stream could."""
