/* Reads the lowest bits as a number with a sign. */
#include <stdint.h>

int32_t sign_extend(uint32_t value, unsigned bits)
{
    uint32_t sign = 1u << (bits - 1);

    if (bits < 32)
        value &= (1u << bits) - 1;
    return (int32_t)((value ^ sign) - sign);
}
