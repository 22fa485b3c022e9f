#include <stddef.h>

/* The first place of an element that is not below the wanted one. */
size_t lower_bound(const short *sorted, size_t n, int wanted)
{
    size_t low = 0, high = n;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (sorted[middle] < wanted)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}
