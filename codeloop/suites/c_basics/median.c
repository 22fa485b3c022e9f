#include <stdlib.h>
#include <string.h>

/* The median, or 0 of nothing; the values stay as they are. */
double median(const int *values, size_t n)
{
    int *sorted = malloc(n * sizeof *sorted);
    double middle;

    if (n == 0 || !sorted) {
        free(sorted);
        return 0;
    }
    memcpy(sorted, values, n * sizeof *sorted);
    for (size_t i = 1; i < n; i++)
        for (size_t j = i; j > 0 && sorted[j] < sorted[j - 1]; j--) {
            int kept = sorted[j];
            sorted[j] = sorted[j - 1];
            sorted[j - 1] = kept;
        }
    middle = n % 2 ? sorted[n / 2] : ((double)sorted[n / 2 - 1] + sorted[n / 2]) / 2;
    free(sorted);
    return middle;
}
