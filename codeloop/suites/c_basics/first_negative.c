#include <stddef.h>

/* The first negative element. Where there is none, nothing was ever stored, and nobody may ask. */
int first_negative(const int *values, size_t n)
{
    int found;

    for (size_t i = 0; i < n; i++) {
        if (values[i] < 0) {
            found = values[i];
            break;
        }
    }
    return found;
}
