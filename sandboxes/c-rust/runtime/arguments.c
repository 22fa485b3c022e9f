/* Bytes to arguments. Zeros are simplest values, so that less and smaller bytes are simpler calls. */
#include "codeloop.h"
#include "inner.h"

static int style = -1; /* how elements of the array at hand are drawn; -1 outside of one */
enum { WHOLE, SMALL, EDGE, WORD };
#define N_STYLES 8
static const int styles[N_STYLES] = {SMALL, WHOLE, WHOLE, WHOLE, EDGE, EDGE, WORD, -1};

static uint8_t byte(struct cl_in *in) { return in->at < in->end ? *in->at++ : 0; }

uint64_t cl_bits(struct cl_in *in, int n_bytes) {
    uint64_t value = 0;
    for (int i = 0; i < n_bytes; i++) value |= (uint64_t)byte(in) << (8 * i);
    return value;
}

static int64_t cut(uint64_t value, int bits) { return bits == 64 ? (int64_t)value : (int64_t)(value << (64 - bits)) >> (64 - bits); }

static int64_t edge(uint8_t which, int bits) {
    static const int64_t small[] = {1, -1, 2, 7, 8, 10, 15, 16, 31, 32, 63, 64, 100, 127, 128, 255, 256, 1000, 32767, 32768, 65535, 65536};
    const unsigned n = sizeof small / sizeof *small;
    int64_t highest = bits == 64 ? INT64_MAX : ((int64_t)1 << (bits - 1)) - 1, lowest = -highest - 1;
    if (which < 2 * n) return which % 2 ? small[which / 2] : -small[which / 2];
    switch (which % 6) {
    case 0: return highest - which / 64;
    case 1: return lowest + which / 64;
    case 2: return (int64_t)((uint64_t)1 << which / 4 % bits);
    case 3: return (int64_t)(((uint64_t)1 << which / 4 % bits) - 1);
    case 4: return -1 - which / 128;
    default: return highest / 2 + which / 64;
    }
}

static int64_t word(uint8_t which, int bits) {
    if (!cl_n_words) return edge(which, bits);
    return (int64_t)((uint64_t)cl_words[which / 3 % cl_n_words] + (uint64_t)(which % 3) - 1u);
}

static uint64_t drawn(struct cl_in *in, int bits) {
    int how = style >= 0 ? styles[style] : styles[byte(in) % N_STYLES];
    if (how < 0) how = styles[byte(in) % (N_STYLES - 1)];
    switch (how) {
    case SMALL: return (uint64_t)(int64_t)(int8_t)byte(in);
    case EDGE: return (uint64_t)edge(byte(in), bits);
    case WORD: return (uint64_t)word(byte(in), bits);
    default: return cl_bits(in, bits / 8);
    }
}

/* A value that fits stays what it is, so that what libFuzzer copies from comparisons arrives. */
int64_t cl_signed(struct cl_in *in, int bits, int64_t low, int64_t high) {
    uint64_t span = (uint64_t)high - (uint64_t)low + 1;
    if (low > high) return low;
    int64_t value = span && span <= 256 ? (int64_t)(int8_t)byte(in) : cut(drawn(in, bits), bits);
    if (value >= low && value <= high) return value;
    return (int64_t)((uint64_t)low + ((uint64_t)value - (uint64_t)low) % span);
}

uint64_t cl_unsigned(struct cl_in *in, int bits, uint64_t low, uint64_t high) {
    uint64_t span = high - low + 1;
    if (low > high) return low;
    uint64_t value = span && span <= 256 ? byte(in) : drawn(in, bits);
    if (bits < 64) value &= ((uint64_t)1 << bits) - 1;
    if (value >= low && value <= high) return value;
    return low + (value - low) % span;
}

double cl_float(struct cl_in *in, int bits) {
    static const double edges[] = {1, -1, -0.0, 0.5, -0.5, 1.5, 2.5, NAN, INFINITY, -INFINITY, DBL_MAX, -DBL_MAX, DBL_MIN, 4.9e-324,
        FLT_MAX, FLT_MIN, FLT_EPSILON, DBL_EPSILON, 0.1, 1e10, 2147483647.0, 2147483648.0, -2147483648.0, -2147483649.0,
        4294967296.0, 9007199254740992.0, 9007199254740993.0, 9223372036854775808.0, 18446744073709551616.0, 1e300, 3.999999999999999};
    uint8_t how = byte(in) % 8;
    if (how < 3) return (int16_t)cl_bits(in, 2) / 16.0;
    if (how < 5) return edges[byte(in) % (sizeof edges / sizeof *edges)];
    if (how == 5) return (double)(int32_t)cl_bits(in, 4);
    if (bits == 32) {
        uint32_t raw = (uint32_t)cl_bits(in, 4);
        float value;
        memcpy(&value, &raw, sizeof value);
        return value;
    }
    uint64_t raw = cl_bits(in, 8);
    double value;
    memcpy(&value, &raw, sizeof value);
    return value;
}

double cl_float_in(struct cl_in *in, double low, double high) {
    uint8_t how = byte(in) % 8;
    if (how == 7) return byte(in) % 2 ? high : low;
    double value = how < 5 ? (int16_t)cl_bits(in, 2) / 16.0 : low + (high - low) * ((double)(cl_bits(in, 8) >> 11) / 9007199254740992.0);
    return value >= low && value <= high ? value : value < low ? low : high;
}

size_t cl_length(struct cl_in *in, size_t low, size_t high) {
    size_t value = byte(in);
    if (low > high) return low;
    if (high - low > 255) value |= (size_t)byte(in) << 8;
    return value >= low && value <= high ? value : low + (value - low) % (high - low + 1);
}

void cl_array(struct cl_in *in) { style = byte(in) % N_STYLES; }
void cl_array_end(void) { style = -1; }

char cl_letter(struct cl_in *in, const char *alphabet, size_t n_alphabet) {
    uint8_t value = byte(in);
    if (!n_alphabet) return (char)(value ? value : 'a');
    if (value && memchr(alphabet, value, n_alphabet)) return (char)value;
    return alphabet[value % n_alphabet];
}
