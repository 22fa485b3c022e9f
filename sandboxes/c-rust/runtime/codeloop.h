/* Between the driver that codeloop writes for a C file and the runtime, which is the same for all. */
#ifndef CODELOOP_H
#define CODELOOP_H
#include <float.h>
#include <limits.h>
#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>

enum cl_side { CL_C, CL_C_AGAIN, CL_RUST, CL_SIDES };

/* --- what the runtime gives ----------------------------------------------------------------------------------------- */

/* Bytes that become arguments; past their end all are 0, which every decoder reads as its simplest value. */
struct cl_in {
    const uint8_t *at, *end;
};
uint64_t cl_bits(struct cl_in *in, int n_bytes);
int64_t cl_signed(struct cl_in *in, int bits, int64_t low, int64_t high);
uint64_t cl_unsigned(struct cl_in *in, int bits, uint64_t low, uint64_t high);
double cl_float(struct cl_in *in, int bits);
double cl_float_in(struct cl_in *in, double low, double high);
/* The length of a slice or a text, short ones more often. */
size_t cl_length(struct cl_in *in, size_t low, size_t high);
/* How the elements of the next array are drawn: cl_signed and the others ask for it. */
void cl_array(struct cl_in *in);
void cl_array_end(void);
/* A byte of text, never NUL; from `alphabet` where one is given. */
char cl_letter(struct cl_in *in, const char *alphabet, size_t n_alphabet);

/* Memory for decoded arguments, gone at the next input. */
void *cl_take(size_t n_bytes);
/* A copy for one side, with nothing readable before and after it. */
void *cl_place(int side, const void *from, size_t n_bytes);

void cl_say(const char *format, ...) __attribute__((format(printf, 1, 2)));
void cl_say_float(double value, int bits);
void cl_say_text(const char *text, size_t n);
int cl_same_float(double left, double right, int ulps, int bits);

/* --- what the driver gives ------------------------------------------------------------------------------------------ */

extern const int cl_n_functions, cl_max_calls;
extern const long long cl_words[];
extern const size_t cl_n_words;
/* Decodes the next call; 0 where the arguments are none that the function may be given. */
int cl_decode(int which, struct cl_in *in);
void cl_prepare(int which, int side);
void cl_call(int which, int side);
int cl_same(int which, int left, int right);
void cl_show_call(int which);
void cl_show_result(int which, int side);
void cl_reset_state(int side);
#endif
