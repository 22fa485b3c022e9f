#include <stddef.h>

/* The largest sum of neighbours, at least one of them; `from` and `to` say which. */
long max_subarray(const int *values, size_t n, size_t *from, size_t *to)
{
    long best = values[0], sum = values[0];
    size_t start = 0;

    *from = *to = 0;
    for (size_t i = 1; i < n; i++) {
        if (sum < 0) {
            sum = 0;
            start = i;
        }
        sum += values[i];
        if (sum > best) {
            best = sum;
            *from = start;
            *to = i;
        }
    }
    return best;
}
