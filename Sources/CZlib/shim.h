// What Swift cannot import from zlib.h (initialisers are macros), and nothing else.
#pragma once
#include <zlib.h>

// Begins to unpack gzip or zlib data; their headers tell which.
static inline int czlib_inflate_init(z_stream *stream) {
    return inflateInit2(stream, 15 + 32);
}
