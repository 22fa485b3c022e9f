/* Memory of both sides, and the places where the original's sanitizers call: what is undefined is left, not died of.
 *
 * The original's object files are rewritten (see build.py): where they would call the sanitizers' runtime to report and
 * abort, they call functions of this file, which jump back to the loop. So an input on which C is undefined costs as
 * little as any other, and the process lives. */
#include "codeloop.h"
#include "inner.h"

#define REDZONE 32
#define ARENA (1 << 18)

#if defined(CL_ASAN)
#include <sanitizer/asan_interface.h>
#define LEAVE_STACK() __asan_handle_no_return()
void __asan_handle_no_return(void);
#else
#define __asan_poison_memory_region(at, n) ((void)0)
#define __asan_unpoison_memory_region(at, n) ((void)0)
#define __asan_region_is_poisoned(at, n) ((void)(at), (void)(n), (void *)0)
#define LEAVE_STACK() ((void)0)
#endif

static _Alignas(32) uint8_t decoded[ARENA], arenas[CL_SIDES][ARENA];
static size_t n_decoded, used[CL_SIDES];

static void too_large(void) {
    fprintf(stderr, "codeloop: arguments are larger than %d bytes\n", ARENA);
    _Exit(70);
}

void cl_forget(void) { n_decoded = 0; }

void *cl_take(size_t n_bytes) {
    size_t at = n_decoded;
    n_decoded = (at + n_bytes + 15) & ~(size_t)15;
    if (n_decoded > ARENA) too_large();
    return decoded + at;
}

void cl_clear(int side) {
    __asan_poison_memory_region(arenas[side], used[side] ? used[side] : ARENA);
    used[side] = REDZONE;
}

void *cl_place(int side, const void *from, size_t n_bytes) {
    size_t at = used[side], next = (at + n_bytes + REDZONE + 31) & ~(size_t)31;
    if (next > ARENA) too_large();
    used[side] = next;
    uint8_t *place = arenas[side] + at;
    __asan_unpoison_memory_region(place, n_bytes);
    if (n_bytes) memcpy(place, from, n_bytes);
    return place;
}

/* --- leaving -------------------------------------------------------------------------------------------------------- */

sigjmp_buf cl_way_out;
volatile sig_atomic_t cl_in_original;
struct cl_fault cl_fault;

_Noreturn void cl_leave(const char *kind, const char *file, unsigned line, uintptr_t pc) {
    cl_fault = (struct cl_fault){kind, file, line, pc};
    cl_in_original = 0;
    LEAVE_STACK();
    siglongjmp(cl_way_out, 1);
}

/* UBSan's handlers: what they are given begins with the place in the source. */
struct place {
    const char *file;
    uint32_t line, column;
};
#define UNDEFINED(name, kind) \
    void cl_ub_##name(struct place *place) { cl_leave(kind, place->file, place->line, 0); }
UNDEFINED(add_overflow, "signed addition overflows")
UNDEFINED(sub_overflow, "signed subtraction overflows")
UNDEFINED(mul_overflow, "signed multiplication overflows")
UNDEFINED(negate_overflow, "negation overflows")
UNDEFINED(divrem_overflow, "division by zero, or it overflows")
UNDEFINED(shift_out_of_bounds, "shift of or by a value out of range")
UNDEFINED(out_of_bounds, "index out of bounds")
UNDEFINED(vla_bound_not_positive, "length of an array is not positive")
UNDEFINED(float_cast_overflow, "floating-point value does not fit the integer")
UNDEFINED(load_invalid_value, "value that its type does not have")
UNDEFINED(invalid_builtin, "builtin with an argument that it does not take")
UNDEFINED(nonnull_arg, "null where none may be given")
UNDEFINED(pointer_overflow, "pointer leaves its object")
UNDEFINED(type_mismatch_v1, "null or misaligned pointer")
UNDEFINED(alignment_assumption, "misaligned pointer")
UNDEFINED(builtin_unreachable, "place that is never reached")
UNDEFINED(missing_return, "value used that no return gave")
UNDEFINED(function_type_mismatch, "call of a function by another type")

/* ASan's: the address is of no use to a reader, the place that came here is. */
#define BAD(name, kind) \
    void cl_asan_##name(void) { cl_leave(kind, 0, 0, (uintptr_t)__builtin_return_address(0)); }
#define BAD_READ "reads outside of its memory"
#define BAD_WRITE "writes outside of its memory"
BAD(load1, BAD_READ)
BAD(load2, BAD_READ)
BAD(load4, BAD_READ)
BAD(load8, BAD_READ)
BAD(load16, BAD_READ)
BAD(load_n, BAD_READ)
BAD(store1, BAD_WRITE)
BAD(store2, BAD_WRITE)
BAD(store4, BAD_WRITE)
BAD(store8, BAD_WRITE)
BAD(store16, BAD_WRITE)
BAD(store_n, BAD_WRITE)

#define HERE ((uintptr_t)__builtin_return_address(0))
static void check(const void *at, size_t n, const char *kind, uintptr_t pc) {
    if (n && __asan_region_is_poisoned((void *)(uintptr_t)at, n)) cl_leave(kind, 0, 0, pc);
}
static size_t length(const char *text, size_t most, uintptr_t pc) {
    size_t n = 0;
    for (; n < most; n++) {
        check(text + n, 1, BAD_READ, pc);
        if (!text[n]) break;
    }
    return n;
}
static size_t with_end(const char *text, size_t most, uintptr_t pc) {
    size_t n = length(text, most, pc);
    return n < most ? n + 1 : n;
}

void *cl_memcpy(void *to, const void *from, size_t n) {
    check(from, n, BAD_READ, HERE);
    check(to, n, BAD_WRITE, HERE);
    if ((char *)to < (const char *)from + n && (const char *)from < (char *)to + n && to != from)
        cl_leave("memcpy between memory that overlaps", 0, 0, HERE);
    return memmove(to, from, n);
}
void *cl_memmove(void *to, const void *from, size_t n) {
    check(from, n, BAD_READ, HERE);
    check(to, n, BAD_WRITE, HERE);
    return memmove(to, from, n);
}
void *cl_memset(void *to, int value, size_t n) {
    check(to, n, BAD_WRITE, HERE);
    return memset(to, value, n);
}
int cl_memcmp(const void *left, const void *right, size_t n) {
    check(left, n, BAD_READ, HERE);
    check(right, n, BAD_READ, HERE);
    return memcmp(left, right, n);
}
void *cl_memchr(const void *in, int value, size_t n) {
    const char *at = in;
    for (; n--; at++) {
        check(at, 1, BAD_READ, HERE);
        if (*at == (char)value) return (void *)(uintptr_t)at;
    }
    return 0;
}
size_t cl_strlen(const char *text) { return length(text, SIZE_MAX, HERE); }
size_t cl_strnlen(const char *text, size_t most) { return length(text, most, HERE); }
int cl_strcmp(const char *left, const char *right) {
    length(left, SIZE_MAX, HERE);
    length(right, SIZE_MAX, HERE);
    return strcmp(left, right);
}
int cl_strncmp(const char *left, const char *right, size_t n) {
    length(left, n, HERE);
    length(right, n, HERE);
    return strncmp(left, right, n);
}
char *cl_strcpy(char *to, const char *from) {
    size_t n = with_end(from, SIZE_MAX, HERE);
    check(to, n, BAD_WRITE, HERE);
    return memmove(to, from, n);
}
char *cl_strncpy(char *to, const char *from, size_t n) {
    length(from, n, HERE);
    check(to, n, BAD_WRITE, HERE);
    return strncpy(to, from, n);
}
char *cl_strcat(char *to, const char *from) {
    size_t before = length(to, SIZE_MAX, HERE), n = with_end(from, SIZE_MAX, HERE);
    check(to + before, n, BAD_WRITE, HERE);
    memmove(to + before, from, n);
    return to;
}
char *cl_strchr(const char *text, int value) {
    length(text, SIZE_MAX, HERE);
    return strchr(text, value);
}
char *cl_strrchr(const char *text, int value) {
    length(text, SIZE_MAX, HERE);
    return strrchr(text, value);
}
char *cl_strstr(const char *text, const char *part) {
    length(text, SIZE_MAX, HERE);
    length(part, SIZE_MAX, HERE);
    return strstr(text, part);
}
int cl_atoi(const char *text) {
    length(text, SIZE_MAX, HERE);
    return atoi(text);
}
long cl_strtol(const char *text, char **end, int base) {
    length(text, SIZE_MAX, HERE);
    return strtol(text, end, base);
}
unsigned long cl_strtoul(const char *text, char **end, int base) {
    length(text, SIZE_MAX, HERE);
    return strtoul(text, end, base);
}

/* --- the original's own memory -------------------------------------------------------------------------------------- */

#define MOST_BLOCKS 1024
#define MOST_BYTES ((size_t)1 << 24)
static void *blocks[MOST_BLOCKS];
static size_t sizes[MOST_BLOCKS];
static int n_blocks;
uint8_t cl_fill;

void *cl_malloc(size_t n) {
    if (n > MOST_BYTES || n_blocks == MOST_BLOCKS) return 0;
    void *block = malloc(n);
    if (block) {
        memset(block, cl_fill, n);
        sizes[n_blocks] = n;
        blocks[n_blocks++] = block;
    }
    return block;
}
void *cl_calloc(size_t n, size_t size) {
    if (size && n > MOST_BYTES / size) return 0;
    void *block = cl_malloc(n * size);
    if (block) memset(block, 0, n * size);
    return block;
}
static int block_of(void *block, uintptr_t pc) {
    for (int i = n_blocks; i--;)
        if (blocks[i] == block) return i;
    cl_leave("frees what is not allocated", 0, 0, pc);
}
void cl_release(void *block) {
    if (!block) return;
    int i = block_of(block, HERE);
    free(block);
    blocks[i] = blocks[--n_blocks];
    sizes[i] = sizes[n_blocks];
}
void *cl_realloc(void *block, size_t n) {
    void *grown = cl_malloc(n);
    if (!block || !grown) return grown;
    size_t before = sizes[block_of(block, HERE)];
    memcpy(grown, block, before < n ? before : n);
    cl_release(block);
    return grown;
}
void cl_free_all(void) {
    while (n_blocks) free(blocks[--n_blocks]);
}
