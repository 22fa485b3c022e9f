#include <stddef.h>

/* Enciphers in place. */
void rc4(const unsigned char *key, size_t key_len, unsigned char *data, size_t n)
{
    unsigned char box[256], swap, i, j = 0;

    for (int k = 0; k < 256; k++)
        box[k] = (unsigned char)k;
    for (int k = 0; k < 256; k++) {
        j = (unsigned char)(j + box[k] + key[k % key_len]);
        swap = box[k];
        box[k] = box[j];
        box[j] = swap;
    }
    i = j = 0;
    for (size_t k = 0; k < n; k++) {
        i++;
        j += box[i];
        swap = box[i];
        box[i] = box[j];
        box[j] = swap;
        data[k] ^= box[(unsigned char)(box[i] + box[j])];
    }
}
