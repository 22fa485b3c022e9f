#include <stddef.h>
#include <stdint.h>

/* Writes two digits a byte and a NUL; says how many digits, or -1 where they do not fit. */
int hex_encode(const uint8_t *data, size_t n, char *out, size_t cap)
{
    static const char digits[] = "0123456789abcdef";

    if (cap < 2 * n + 1)
        return -1;
    for (size_t i = 0; i < n; i++) {
        *out++ = digits[data[i] >> 4];
        *out++ = digits[data[i] & 15];
    }
    *out = '\0';
    return (int)(2 * n);
}
