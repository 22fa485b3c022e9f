#include <stddef.h>

/* Sorts, and says how many elements were moved. */
size_t insertion_sort(int *values, size_t n)
{
    size_t moves = 0;

    for (size_t i = 1; i < n; i++) {
        int value = values[i];
        size_t j = i;

        while (j > 0 && values[j - 1] > value) {
            values[j] = values[j - 1];
            j--;
            moves++;
        }
        values[j] = value;
    }
    return moves;
}
