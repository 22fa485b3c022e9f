#include <stddef.h>

static void reverse(int *from, int *to)
{
    while (from < to) {
        int kept = *from;
        *from++ = *--to;
        *to = kept;
    }
}

/* Moves every element by so many places to the right, around the end. */
void rotate_array(int *values, size_t n, int by)
{
    long places;

    if (n == 0)
        return;
    places = by % (long)n;
    if (places < 0)
        places += (long)n;
    reverse(values, values + n);
    reverse(values, values + places);
    reverse(values + places, values + n);
}
