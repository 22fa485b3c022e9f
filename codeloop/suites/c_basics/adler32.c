#include <stddef.h>
#include <stdint.h>

#define MODULUS 65521

uint32_t adler32(uint32_t start, const unsigned char *data, size_t n)
{
    uint32_t a = start & 0xffff, b = start >> 16;

    while (n--) {
        a = (a + *data++) % MODULUS;
        b = (b + a) % MODULUS;
    }
    return b << 16 | a;
}
