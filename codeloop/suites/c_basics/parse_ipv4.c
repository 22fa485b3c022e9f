#include <stdint.h>

/* 1 and an address, or 0 where the text is none. */
int parse_ipv4(const char *text, uint32_t *address)
{
    uint32_t parsed = 0;

    for (int part = 0; part < 4; part++) {
        unsigned number = 0;
        int digits = 0;

        while (*text >= '0' && *text <= '9') {
            number = number * 10 + (unsigned)(*text++ - '0');
            if (++digits > 3)
                goto refused;
        }
        if (digits == 0 || number > 255)
            goto refused;
        parsed = parsed << 8 | number;
        if (part < 3 && *text++ != '.')
            goto refused;
    }
    if (*text)
        goto refused;
    *address = parsed;
    return 1;

refused:
    return 0;
}
