/* Values as text, and equality of floating-point values. */
#include "codeloop.h"
#include "inner.h"
#include <stdarg.h>

static char said[1 << 16];
static size_t n_said;

void cl_text_reset(void) {
    n_said = 0;
    said[0] = 0;
}
const char *cl_text(void) { return said; }

void cl_say(const char *format, ...) {
    va_list rest;
    va_start(rest, format);
    size_t left = sizeof said - n_said;
    int n = vsnprintf(said + n_said, left, format, rest);
    va_end(rest);
    n_said += n < 0 ? 0 : (size_t)n >= left ? left - 1 : (size_t)n;
}

void cl_say_float(double value, int bits) {
    if (isnan(value)) cl_say("NAN");
    else if (isinf(value)) cl_say(value < 0 ? "-INFINITY" : "INFINITY");
    else {
        char text[40];
        for (int digits = 1; digits <= 17; digits++) {
            snprintf(text, sizeof text, "%.*g", digits, value);
            if (bits == 32 ? strtof(text, 0) == (float)value : strtod(text, 0) == value) break;
        }
        cl_say("%s%s", text, strpbrk(text, ".e") ? "" : ".0");
    }
}

void cl_say_text(const char *text, size_t n) {
    cl_say("\"");
    for (size_t i = 0; i < n; i++) {
        unsigned char each = (unsigned char)text[i];
        if (each == '"' || each == '\\') cl_say("\\%c", each);
        else if (each >= ' ' && each < 127) cl_say("%c", each);
        else cl_say("\\%03o", each);
    }
    cl_say("\"");
}

cl_size cl_text_size(const char *text) { return strlen(text); }
int cl_texts_equal(const char *left, const char *right) { return !strcmp(left, right); }

static int64_t ordered(double value, int bits) {
    if (bits == 32) {
        float narrow = (float)value;
        int32_t raw;
        memcpy(&raw, &narrow, sizeof raw);
        return raw < 0 ? -(int64_t)(raw & INT32_MAX) : raw;
    }
    int64_t raw;
    memcpy(&raw, &value, sizeof raw);
    return raw < 0 ? -(raw & INT64_MAX) : raw;
}

/* NaNs are all alike. Without `ulps` values are the same when their bits are: -0.0 is not 0.0. */
int cl_same_float(double left, double right, int ulps, int bits) {
    if (isnan(left) || isnan(right)) return isnan(left) && isnan(right);
    if (!ulps) return left == right && signbit(left) == signbit(right);
    if (isinf(left) || isinf(right)) return left == right;
    __int128 apart = (__int128)ordered(left, bits) - ordered(right, bits);
    return apart <= ulps && -apart <= ulps;
}
