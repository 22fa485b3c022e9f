#include <stddef.h>
#include <stdint.h>

/* Keeps the first of equal neighbours; says how many are left. What stands behind them stays. */
size_t dedup(int64_t *values, size_t n)
{
    size_t kept = 0;

    for (size_t i = 0; i < n; i++)
        if (i == 0 || values[i] != values[kept - 1])
            values[kept++] = values[i];
    return kept;
}
