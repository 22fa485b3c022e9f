#include <stdint.h>

uint32_t to_gray(uint32_t n)
{
    return n ^ (n >> 1);
}

uint32_t from_gray(uint32_t gray)
{
    uint32_t mask = gray;

    while (mask) {
        mask >>= 1;
        gray ^= mask;
    }
    return gray;
}
