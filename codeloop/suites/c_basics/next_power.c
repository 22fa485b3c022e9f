#include <stdint.h>

/* The smallest power of two that is not below n; 0 where there is none. */
uint32_t next_power(uint32_t n)
{
    n--;
    n |= n >> 1;
    n |= n >> 2;
    n |= n >> 4;
    n |= n >> 8;
    n |= n >> 16;
    return n + 1;
}
