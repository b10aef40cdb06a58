"""Builds the shim: two loops in C that spare the interpreter from seeing each packet.

``media.bulk`` uses it where it could be built, and does the same in Python where not (no compiler, no headers).
"""

from cffi import FFI

ffi = FFI()
ffi.cdef("""
    void receive_all(const int *files, int count, uint8_t *lines, size_t width, int64_t *lengths);
    void send_all(const int *files, const int64_t *rows, int count, const uint8_t *packets, size_t width);
""")
ffi.set_source("media._shim", """
    #include <stdint.h>
    #include <sys/socket.h>

    /* One packet of each socket into its line; 0 where nothing was, or an error of the far end. */
    static void receive_all(const int *files, int count, uint8_t *lines, size_t width, int64_t *lengths)
    {
        for (int line = 0; line < count; line++) {
            ssize_t length = recv(files[line], lines + line * width, width, MSG_DONTWAIT);
            lengths[line] = length > 0 ? length : 0;
        }
    }

    /* Each row's packet through its socket, which is connected. What fails is lost, as on any network. */
    static void send_all(const int *files, const int64_t *rows, int count, const uint8_t *packets, size_t width)
    {
        for (int at = 0; at < count; at++)
            (void)!send(files[at], packets + rows[at] * width, width, MSG_DONTWAIT);
    }
""")
