#include <stdint.h>

uint32_t pow_mod(uint32_t base, uint32_t exponent, uint32_t modulus)
{
    uint64_t result = 1, factor = base % modulus;

    while (exponent > 0) {
        if (exponent & 1)
            result = result * factor % modulus;
        factor = factor * factor % modulus;
        exponent >>= 1;
    }
    return (uint32_t)(result % modulus);
}
