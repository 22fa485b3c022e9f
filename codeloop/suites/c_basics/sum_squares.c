/* The sum of squares; it overflows for large elements, and nobody may rely on what it is then. */
#include <stddef.h>

int sum_squares(const int *values, size_t n)
{
    int sum = 0;

    for (size_t i = 0; i < n; i++)
        sum += values[i] * values[i];
    return sum;
}
