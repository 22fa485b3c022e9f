#include <stddef.h>
#include <stdint.h>

uint8_t crc8(const uint8_t *data, size_t n, uint8_t start)
{
    uint8_t crc = start;

    for (size_t i = 0; i < n; i++) {
        crc ^= data[i];
        for (int bit = 0; bit < 8; bit++)
            crc = (crc & 0x80) ? (uint8_t)(crc << 1 ^ 0x07) : (uint8_t)(crc << 1);
    }
    return crc;
}
