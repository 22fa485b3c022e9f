#include <stdint.h>

#define ROUNDS 32
#define DELTA 0x9E3779B9u

void xtea_encrypt(uint32_t block[2], const uint32_t key[4])
{
    uint32_t left = block[0], right = block[1], sum = 0;

    for (int i = 0; i < ROUNDS; i++) {
        left += (((right << 4) ^ (right >> 5)) + right) ^ (sum + key[sum & 3]);
        sum += DELTA;
        right += (((left << 4) ^ (left >> 5)) + left) ^ (sum + key[(sum >> 11) & 3]);
    }
    block[0] = left;
    block[1] = right;
}

void xtea_decrypt(uint32_t block[2], const uint32_t key[4])
{
    uint32_t left = block[0], right = block[1], sum = DELTA * ROUNDS;

    for (int i = 0; i < ROUNDS; i++) {
        right -= (((left << 4) ^ (left >> 5)) + left) ^ (sum + key[(sum >> 11) & 3]);
        sum -= DELTA;
        left -= (((right << 4) ^ (right >> 5)) + right) ^ (sum + key[sum & 3]);
    }
    block[0] = left;
    block[1] = right;
}
