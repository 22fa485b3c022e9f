/* A generator of numbers with its state in the file, and how often it was asked. */
#include <stdint.h>

static uint32_t lcg_state = 12345u;
static unsigned lcg_calls;

void lcg_seed(uint32_t seed)
{
    lcg_state = seed ? seed : 1u;
    lcg_calls = 0;
}

unsigned lcg_next(unsigned bound)
{
    lcg_state = lcg_state * 1664525u + 1013904223u;
    lcg_calls++;
    return bound ? (lcg_state >> 8) % bound : 0u;
}
