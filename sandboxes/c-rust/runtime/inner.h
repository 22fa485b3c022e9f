/* What the parts of the runtime know of each other. */
#ifndef INNER_H
#define INNER_H
#include <setjmp.h>
#include <signal.h>

enum cl_phase { CL_IDLE, CL_IN_C, CL_IN_RUST };
enum cl_counter { CL_EXECUTIONS, CL_COMPARED, CL_REJECTED, CL_UNDEFINED, CL_ENDLESS, CL_DIFFERENT, CL_N_COUNTERS };

/* Shared with who started the fuzzer, and still readable when this process is dead. */
struct cl_shared {
    uint64_t phase, counters[CL_N_COUNTERS], n_input;
    uint8_t input[4096];
};
extern struct cl_shared *cl_shared;

/* Where a piece of C that turned out to be undefined is left for. */
extern sigjmp_buf cl_way_out;
extern volatile sig_atomic_t cl_in_original;
struct cl_fault {
    const char *kind, *file;
    unsigned line;
    uintptr_t pc;
};
extern struct cl_fault cl_fault;
_Noreturn void cl_leave(const char *kind, const char *file, unsigned line, uintptr_t pc);

void cl_forget(void);            /* decoded arguments */
void cl_clear(int side);         /* a side's memory */
void cl_free_all(void);          /* what the original has allocated and not freed */
extern uint8_t cl_fill;          /* what fresh memory of malloc's holds */

extern char cl_panic[512];
extern int cl_panicked;
void cl_text_reset(void);
const char *cl_text(void);
#endif
