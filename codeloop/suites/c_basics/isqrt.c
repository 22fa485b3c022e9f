#include <stdint.h>

/* The largest number whose square is not above n. */
uint32_t isqrt(uint32_t n)
{
    uint32_t root = 0;
    uint32_t bit = 1u << 30;

    while (bit > n)
        bit >>= 2;
    while (bit != 0) {
        if (n >= root + bit) {
            n -= root + bit;
            root = (root >> 1) + bit;
        } else {
            root >>= 1;
        }
        bit >>= 2;
    }
    return root;
}
