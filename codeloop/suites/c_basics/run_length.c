#include <stddef.h>
#include <stdint.h>

/* Writes pairs of a count and a byte; says how many bytes that are, or 0 where they do not fit. */
size_t run_length(const uint8_t *data, size_t n, uint8_t *out, size_t cap)
{
    size_t used = 0;

    for (size_t i = 0; i < n;) {
        uint8_t count = 1;
        while (i + count < n && data[i + count] == data[i] && count < 255)
            count++;
        if (used + 2 > cap)
            return 0;
        out[used++] = count;
        out[used++] = data[i];
        i += count;
    }
    return used;
}
