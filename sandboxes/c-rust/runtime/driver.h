/* Between the driver that codeloop writes for a C file and the runtime, which is the same for all.
 *
 * The driver includes a user's C before it, with whatever names that has: so no header of libc's here, and of names only those
 * that begin with cl_ or CL_. Parameters have none: the C may have a macro `in` or `n`. */
#ifndef CL_DRIVER_H
#define CL_DRIVER_H
typedef __SIZE_TYPE__ cl_size;

enum cl_side { CL_C, CL_C_AGAIN, CL_RUST, CL_SIDES };

/* --- what the runtime gives ----------------------------------------------------------------------------------------- */

/* Bytes that become arguments; past their end all are 0, which every decoder reads as its simplest value. */
struct cl_in;
/* N bytes. */
__UINT64_TYPE__ cl_bits(struct cl_in *, int);
/* Of so many bits, from the lowest to the highest. */
__INT64_TYPE__ cl_signed(struct cl_in *, int, __INT64_TYPE__, __INT64_TYPE__);
__UINT64_TYPE__ cl_unsigned(struct cl_in *, int, __UINT64_TYPE__, __UINT64_TYPE__);
double cl_float(struct cl_in *, int);
double cl_float_in(struct cl_in *, double, double);
/* The length of a slice or a text, short ones more often. */
cl_size cl_length(struct cl_in *, cl_size, cl_size);
/* How the elements of the next array are drawn: cl_signed and the others ask for it. */
void cl_array(struct cl_in *);
void cl_array_end(void);
/* A byte of text, never NUL; from an alphabet of so many letters where one is given. */
char cl_letter(struct cl_in *, const char *, cl_size);

/* Memory of so many bytes for decoded arguments, gone at the next input. */
void *cl_take(cl_size);
/* A copy for one side, with nothing readable before and after it. */
void *cl_place(int, const void *, cl_size);

void cl_say(const char *, ...) __attribute__((__format__(__printf__, 1, 2)));
/* Of so many bits. */
void cl_say_float(double, int);
void cl_say_text(const char *, cl_size);
/* Equal within so many ulps; of so many bits. */
int cl_same_float(double, double, int, int);
/* The C may have a strlen and a strcmp of its own, of other types. */
cl_size cl_text_size(const char *);
int cl_texts_equal(const char *, const char *);

/* --- what the driver gives ------------------------------------------------------------------------------------------ */

extern const int cl_n_functions, cl_max_calls;
extern const long long cl_words[];
extern const cl_size cl_n_words;
/* Decodes the next call of a function, by its number; 0 where the arguments are none that it may be given. */
int cl_decode(int, struct cl_in *);
/* Of a function, a side. */
void cl_prepare(int, int);
void cl_call(int, int);
/* Of a function, the two sides that are compared. */
int cl_same(int, int, int);
void cl_show_call(int);
void cl_show_result(int, int);
/* Of a side. */
void cl_reset_state(int);
#endif
