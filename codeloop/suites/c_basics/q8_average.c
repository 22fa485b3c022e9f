#include <stdint.h>

/* Mixes two samples; the weight has 8 bits behind the point. */
int16_t q8_average(int16_t old, int16_t new_sample, int weight)
{
    int32_t mixed = (int32_t)old * (256 - weight) + (int32_t)new_sample * weight;

    return (int16_t)(mixed >> 8);
}
