#include <stdint.h>

/* 16 bits before the point and 16 behind it; what does not fit stays at the nearest end. */
int32_t q16_mul(int32_t a, int32_t b)
{
    int64_t product = (int64_t)a * b + 0x8000;

    product >>= 16;
    if (product > INT32_MAX)
        return INT32_MAX;
    if (product < INT32_MIN)
        return INT32_MIN;
    return (int32_t)product;
}

int32_t q16_from_float(float value)
{
    if (value >= 32768.0f)
        return INT32_MAX;
    if (!(value >= -32768.0f))
        return INT32_MIN;
    return (int32_t)(value * 65536.0f);
}
