#include <stddef.h>

/* The sum of averages of three neighbours, for the places from `from` up to `to`; those at the ends have no such average. */
int smooth(const int *values, size_t n, unsigned from, unsigned to)
{
    int sum = 0;

    for (unsigned i = from; i < to && i < n; i++)
        sum += (values[(int)i - 1] + values[i] + values[i + 1]) / 3;
    return sum;
}
