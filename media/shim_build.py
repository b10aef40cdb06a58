"""Builds the shim: the few loops over all legs that are worth being in C, so that neither the interpreter nor NumPy has to
look at every packet, and a step over few legs does not cost what a hundred calls into NumPy do.

Whoever uses one of them (:mod:`media.bulk`, :mod:`media.intake`, :mod:`media.jitter`, :mod:`media.recorder`) does the same
without where it could not be built (no compiler, no headers); the tests try both.
"""

from cffi import FFI

_STRUCTS = """
    struct intake {
        const uint16_t *expected; const uint32_t *ssrc; const int64_t *locked;
        const uint32_t *base; const int32_t *play, *hushed; const bool *started;
        uint8_t *frames; int32_t *stamps, *top;
        int64_t *received, *highest; int32_t *transit; double *jitter, *heard;
    };
    struct due {
        int32_t *play; const int32_t *top, *stamps; const uint8_t *frames; uint8_t *said;
        int32_t *least, *held; int8_t *missed;
        int64_t *absent, *recovered;
    };
    struct tones {
        int8_t *down, *last, *run, *missed; int16_t *half; const float *basis, *middles;
        int64_t *rows, *keys;
    };
"""
_FUNCTIONS = """
    enum { EDITION = 4 };
    int receive_all(const int *files, int count, uint8_t *behind, int turn, uint8_t *lines, size_t width, int64_t *lengths,
                    int room, int64_t *places);
    int address_of(int family, const char *host, int port, uint8_t *address);
    void send_all(const int64_t *rows, int count, const int *files, const uint8_t *addresses, const int *address_lengths,
                  const uint8_t *packets, size_t width);
    int store_plain(const struct intake *legs, int count, const int64_t *rows, const int64_t *sources,
                    const uint8_t *lines, size_t width, const int64_t *lengths, uint32_t ticks, double now, int64_t *others);
    int take_due(const struct due *legs, int rows, bool resting_too, int *recovered);
    void decode_blocks(const int16_t *decode, const uint8_t *said, const uint8_t *heard, const uint8_t *codecs, int planes,
                       int first, int frames, int count, const int64_t *lefts, const int64_t *rights, const bool *hears,
                       int16_t *samples);
    void copy_frames(const int64_t *rows, int count, const int64_t *numbers, const uint8_t *frames, uint8_t *payloads,
                     size_t width);
    int hear_keys(const struct tones *legs, int count, const int64_t *rows, const uint8_t *said, const uint8_t *codecs,
                  const int16_t *decode);
"""
_INCLUDES = """
    #include <arpa/inet.h>
    #include <netinet/in.h>
    #include <stdbool.h>
    #include <stdint.h>
    #include <string.h>
    #include <sys/socket.h>
"""
_SOURCE = """
    enum { EDITION = 4 };
    enum { AT_ONCE = 6, TURNS = 16, PLAIN = 172 };
    enum { WAVES = 24, ENOUGH = 3, MANY = 100 };
    static const float PURITY = 0.6f, HINT = 0.2f, LOUD = 375e3f, QUIETEST = 250e3f;
    static const float HIGHER = 3.1622777f, LOWER = 0.12589254f;
    enum { FRAME = 160, HEADER = 12, SLOTS = 16, REPEATS = 3, MOST = 6, AFTER_A_STALL = 3, ADDRESS = 28 };

    /* One packet of each socket into its line; 0 where nothing was, or an error of the far end. Where nothing was, there may
       be more the next time; packets of another size may be more than one in a step; and in each step it is another
       sixteenth's turn to be looked at closely. What they have besides goes into the lines behind, at most room: gives how
       many, and the places of their sockets. */
    static int receive_all(const int *files, int count, uint8_t *behind, int turn, uint8_t *lines, size_t width,
                           int64_t *lengths, int room, int64_t *places)
    {
        int more = 0;
        for (int line = 0; line < count; line++) {
            ssize_t length = recv(files[line], lines + line * width, width, MSG_DONTWAIT);
            lengths[line] = length > 0 ? length : 0;
            if (length <= 0) {
                behind[line] = 1;
                continue;
            }
            if (!behind[line] && length == PLAIN && (line + turn) % TURNS)
                continue;
            behind[line] = 0;
            for (int again = 1; again < AT_ONCE && more < room; again++) {
                length = recv(files[line], lines + (count + more) * width, width, MSG_DONTWAIT);
                if (length <= 0)
                    break;
                behind[line] = 1;
                lengths[count + more] = length;
                places[more++] = line;
            }
        }
        return more;
    }

    /* What the kernel calls an address, and how long that is; 0 = it is none of this family. */
    static int address_of(int family, const char *host, int port, uint8_t *address)
    {
        struct sockaddr_in four = { .sin_family = AF_INET, .sin_port = htons(port) };
        struct sockaddr_in6 six = { .sin6_family = AF_INET6, .sin6_port = htons(port) };
        if (family == AF_INET && inet_pton(family, host, &four.sin_addr) == 1)
            return memcpy(address, &four, sizeof four), sizeof four;
        if (family == AF_INET6 && inet_pton(family, host, &six.sin6_addr) == 1)
            return memcpy(address, &six, sizeof six), sizeof six;
        return 0;
    }

    /* Each row's packet through its socket, to its address unless that is empty: then it is connected. What fails is lost,
       as on any network. */
    static void send_all(const int64_t *rows, int count, const int *files, const uint8_t *addresses,
                         const int *address_lengths, const uint8_t *packets, size_t width)
    {
        for (int at = 0; at < count; at++) {
            int64_t row = rows[at];
            const void *address = address_lengths[row] ? addresses + row * ADDRESS : 0;
            (void)!sendto(files[row], packets + row * width, width, MSG_DONTWAIT, address, address_lengths[row]);
        }
    }

    static uint32_t long_at(const uint8_t *octets)
    {
        return (uint32_t)octets[0] << 24 | octets[1] << 16 | octets[2] << 8 | octets[3];
    }

    /* media.intake: the packets that are as expected, into the ring. Gives how many others there are, and their lines. */
    static int store_plain(const struct intake *legs, int count, const int64_t *rows, const int64_t *sources,
                           const uint8_t *lines, size_t width, const int64_t *lengths, uint32_t ticks, double now,
                           int64_t *others)
    {
        int left = 0;
        for (int line = 0; line < count; line++) {
            const uint8_t *packet = lines + line * width;
            int64_t row = rows[line];
            if (!lengths[line])
                continue;
            uint32_t timestamp = long_at(packet + 4);
            int32_t ahead = (int32_t)(timestamp - legs->base[row] - (uint32_t)legs->play[row] * FRAME);
            int32_t number = legs->play[row] + ahead / FRAME;
            if (lengths[line] != HEADER + FRAME || !legs->started[row]
                || (uint16_t)((packet[0] << 8 | packet[1]) & 0xFF7F) != legs->expected[row]
                || long_at(packet + 8) != legs->ssrc[row] || legs->locked[row] != sources[line]
                || ahead < 0 || ahead % FRAME || ahead / FRAME >= SLOTS || number < legs->hushed[row]) {
                others[left++] = line;
                continue;
            }
            int64_t slot = row * SLOTS + (number & (SLOTS - 1));
            legs->received[row] += legs->stamps[slot] != number;
            memcpy(legs->frames + slot * FRAME, packet + HEADER, FRAME);
            legs->stamps[slot] = number;
            if (number > legs->top[row])
                legs->top[row] = number;
            int16_t step = (int16_t)((packet[2] << 8 | packet[3]) - (int)(legs->highest[row] & 0xFFFF));
            if (step > 0)
                legs->highest[row] += step;
            int32_t transit = (int32_t)(ticks - timestamp);
            int32_t change = (int32_t)((uint32_t)transit - (uint32_t)legs->transit[row]);
            legs->transit[row] = transit;
            legs->jitter[row] += ((change < 0 ? -(double)change : change) - legs->jitter[row]) / 16;
            legs->heard[row] = now;
        }
        return left;
    }

    /* media.jitter: the due frame of each row. Gives how many have none, and which, but for those that have had nothing for
       long (unless resting_too); and which got theirs after having waited for it. */
    static int take_due(const struct due *legs, int rows, bool resting_too, int *recovered)
    {
        int absent = 0;
        *recovered = 0;
        for (int64_t row = 0; row < rows; row++) {
            int32_t spare = legs->top[row] - legs->play[row];
            if (spare < legs->least[row])
                legs->least[row] = spare;
            if (spare >= MOST)
                legs->play[row] = legs->top[row] - (AFTER_A_STALL - 1);
            int32_t due = legs->play[row];
            int64_t slot = row * SLOTS + (due & (SLOTS - 1));
            if (legs->stamps[slot] == due) {
                memcpy(legs->said + row * FRAME, legs->frames + slot * FRAME, FRAME);
                legs->play[row]++;
                legs->missed[row] = 0;
                if (legs->held[row])
                    legs->recovered[(*recovered)++] = row;
            } else if (legs->missed[row] > REPEATS && spare <= 0 && !resting_too) {
                legs->held[row]++;
            } else {
                legs->play[row]++;
                legs->absent[absent++] = row;
            }
        }
        return absent;
    }

    /* media.recorder: what was said (or heard) in the last frames, of two rows of each recording, as samples side by
       side. */
    static void decode_blocks(const int16_t *decode, const uint8_t *said, const uint8_t *heard, const uint8_t *codecs,
                              int planes, int first, int frames, int count, const int64_t *lefts, const int64_t *rights,
                              const bool *hears, int16_t *samples)
    {
        for (int at = 0; at < count; at++)
            for (int frame = 0; frame < frames; frame++) {
                int64_t plane = (first + frame) % planes;
                int64_t left = lefts[at] * planes + plane, right = rights[at] * planes + plane;
                const uint8_t *one = said + left * FRAME, *other = (hears[at] ? heard : said) + right * FRAME;
                const int16_t *of_one = decode + 256 * codecs[left], *of_other = decode + 256 * codecs[right];
                for (int place = 0; place < FRAME; place++) {
                    *samples++ = of_one[one[place]];
                    *samples++ = of_other[other[place]];
                }
            }
    }

    /* media.mixer: into the row of a packet the frame that this row's number names. */
    static void copy_frames(const int64_t *rows, int count, const int64_t *numbers, const uint8_t *frames, uint8_t *payloads,
                            size_t width)
    {
        for (int at = 0; at < count; at++)
            memcpy(payloads + rows[at] * width, frames + numbers[rows[at]] * FRAME, FRAME);
    }

    /* media.tones: the strongest of some waves in a window, of each tone. A row of basis has first all cosines, then all
       sines. */
    static inline __attribute__((always_inline))
    void powers(const float *basis, int waves, const int16_t *window, float *power)
    {
        float parts[2 * WAVES] = { 0 };
        for (int at = 0; at < FRAME; at++)
            for (int wave = 0; wave < 2 * waves; wave++)
                parts[wave] += window[at] * basis[at * 2 * waves + wave];
        for (int tone = 0; tone < 8; tone++) {
            power[tone] = 0;
            for (int wave = tone * waves / 8; wave < (tone + 1) * waves / 8; wave++) {
                float here = parts[wave] * parts[wave] + parts[wave + waves] * parts[wave + waves];
                power[tone] = here > power[tone] ? here : power[tone];
            }
        }
    }

    static int strongest(const float *power)
    {
        int best = 0;
        for (int tone = 1; tone < 4; tone++)
            best = power[tone] > power[best] ? tone : best;
        return best;
    }

    /* media.tones: the key in a window, -1 = none. Most have too little at the middle frequencies for any. */
    static int key_in(const struct tones *legs, const int16_t *window)
    {
        float power[8];
        int64_t squares = 0;
        for (int at = 0; at < FRAME; at++)
            squares += (int32_t)window[at] * window[at];
        float energy = squares * (2.0f / FRAME);
        if (energy < LOUD)
            return -1;
        powers(legs->middles, 8, window, power);
        if (power[strongest(power)] + power[4 + strongest(power + 4)] < HINT * energy)
            return -1;
        powers(legs->basis, WAVES, window, power);
        int low = strongest(power), high = strongest(power + 4);
        float lower = power[low], higher = power[4 + high];
        bool found = lower + higher >= PURITY * energy && lower >= QUIETEST && higher >= QUIETEST
                     && higher <= HIGHER * lower && higher >= LOWER * lower;
        return found ? 4 * low + high : -1;
    }

    /* media.tones: what a window more makes of a row; whether it is a press. */
    static bool press(const struct tones *legs, int64_t row, int key)
    {
        int down = legs->down[row], run = key == legs->last[row] ? legs->run[row] + 1 : 1;
        int missed = key == down ? 0 : legs->missed[row] + 1;
        legs->run[row] = run < MANY ? run : MANY;
        legs->last[row] = key;
        if (missed >= ENOUGH)
            down = -1;
        bool new = key >= 0 && run == ENOUGH && key != down;
        legs->down[row] = new ? key : down;
        legs->missed[row] = new ? 0 : missed < MANY ? missed : MANY;
        return new;
    }

    /* media.tones: a frame of each of these rows. Gives how many keys were pressed; they and their rows stand in legs. */
    static int hear_keys(const struct tones *legs, int count, const int64_t *rows, const uint8_t *said,
                         const uint8_t *codecs, const int16_t *decode)
    {
        int16_t window[FRAME + FRAME / 2];
        int16_t *frame = window + FRAME / 2;
        int pressed = 0;
        for (int at = 0; at < count; at++) {
            int64_t row = rows[at];
            int16_t *half = legs->half + row * (FRAME / 2);
            for (int place = 0; place < FRAME; place++)
                frame[place] = (decode + 256 * codecs[row])[said[row * FRAME + place]];
            int key = key_in(legs, frame);
            if (key >= 0 || legs->last[row] >= 0 || legs->down[row] >= 0) {
                memcpy(window, half, FRAME);
                int before = key_in(legs, window);
                for (int turn = 0; turn < 2; turn++)
                    if (press(legs, row, turn ? key : before)) {
                        legs->rows[pressed] = row;
                        legs->keys[pressed++] = turn ? key : before;
                    }
            }
            memcpy(half, frame + FRAME / 2, FRAME);
        }
        return pressed;
    }
"""

ffi = FFI()
ffi.cdef(_STRUCTS + _FUNCTIONS)
ffi.set_source("media._shim", _INCLUDES + _STRUCTS + _SOURCE, extra_compile_args=["-O3"])
