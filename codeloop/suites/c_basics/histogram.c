#include <stddef.h>
#include <stdint.h>

/* Counts bytes by their upper half; gives the fullest bin, the first of equals. */
int histogram(const uint8_t *data, size_t n, uint16_t bins[16])
{
    int fullest = 0;

    for (size_t i = 0; i < n; i++)
        bins[data[i] >> 4]++;
    for (int i = 1; i < 16; i++)
        if (bins[i] > bins[fullest])
            fullest = i;
    return fullest;
}
