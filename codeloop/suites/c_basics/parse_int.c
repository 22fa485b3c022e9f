#include <limits.h>
#include <stdbool.h>

/* Reads a whole text as a decimal number; false, and nothing stored, where it is none that fits. */
bool parse_int(const char *text, int *out)
{
    long value = 0;
    bool negative = *text == '-';

    if (*text == '-' || *text == '+')
        text++;
    if (!*text)
        return false;
    for (; *text; text++) {
        if (*text < '0' || *text > '9')
            return false;
        value = value * 10 + (*text - '0');
        if (value > (long)INT_MAX + negative)
            return false;
    }
    *out = (int)(negative ? -value : value);
    return true;
}
