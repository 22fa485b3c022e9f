/* One input: decode, call C, call Rust, compare. A difference is made small here, and written down. */
#include "codeloop.h"
#include "inner.h"
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

enum verdict { REJECTED, SAME, UNDEFINED, DIFFERENT, PANICKED };
static struct cl_shared own;
struct cl_shared *cl_shared = &own;
static FILE *events, *listing;
char cl_panic[512];
int cl_panicked;
static const char cl_endless[] = "does not end in time";
static int n_wanted = 3, n_found;

#define TICK_MS 20
static long c_ms = 200, rust_ms = 4000; /* of processor time for one call */
static volatile sig_atomic_t ticks;

void codeloop_panicked(const char *text, size_t n) {
    cl_panicked = 1;
    n = n < sizeof cl_panic ? n : sizeof cl_panic - 1;
    memcpy(cl_panic, text, n);
    cl_panic[n] = 0;
}

/* --- calls ---------------------------------------------------------------------------------------------------------- */

static void tick(int number) {
    (void)number;
    ticks++;
    if (cl_shared->phase == CL_IN_C && cl_in_original && ticks * TICK_MS >= c_ms) cl_leave(cl_endless, 0, 0, 0);
    if (cl_shared->phase == CL_IN_RUST && ticks * TICK_MS >= rust_ms) _Exit(71);
}

/* C that overruns its stack, or steps where no sanitizer looks, is undefined there as elsewhere: no reason to die. */

#define STACK_BYTES (64 << 20)
static const char overrun[] = "overruns its stack", astray[] = "touches what is not its memory";
static struct sigaction sanitizers[2]; /* what is asked when it is not C that is at fault */
static char *stack_base;

static void fault(int number, siginfo_t *info, void *context) {
    if (cl_shared->phase == CL_IN_C && cl_in_original) {
        char *at = info->si_addr;
        sigset_t mine; /* libFuzzer calls this from a handler of its own, which blocks the signal that we do not return from */
        sigemptyset(&mine);
        sigaddset(&mine, number);
        sigprocmask(SIG_UNBLOCK, &mine, 0);
        cl_leave(at < stack_base && at > stack_base - STACK_BYTES ? overrun : astray, 0, 0, 0);
    }
    struct sigaction *theirs = &sanitizers[number == SIGBUS];
    if (theirs->sa_flags & SA_SIGINFO && theirs->sa_sigaction) theirs->sa_sigaction(number, info, context);
    else signal(number, SIG_DFL); /* it is met again on return */
}

static void catch_faults(void) {
    static char room[1 << 16];
    stack_t stack = {.ss_sp = room, .ss_size = sizeof room}, theirs;
    if (!sigaltstack(0, &theirs) && theirs.ss_flags & SS_DISABLE) sigaltstack(&stack, 0);
    stack_base = __builtin_frame_address(0);
    struct sigaction action = {.sa_sigaction = fault, .sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER};
    sigaction(SIGSEGV, &action, &sanitizers[0]);
    sigaction(SIGBUS, &action, &sanitizers[1]);
}

/* Whether C came back; where it did not, cl_fault says why. */
static int call_c(int which, int side) {
    cl_fill = side == CL_C ? 0xaa : 0;
    cl_clear(side);
    cl_prepare(which, side);
    ticks = 0;
    cl_shared->phase = CL_IN_C;
    int left = sigsetjmp(cl_way_out, 0);
    if (!left) {
        cl_in_original = 1;
        cl_call(which, side);
        cl_in_original = 0;
    }
    cl_shared->phase = CL_IDLE;
    cl_free_all();
    return !left;
}

static void call_rust(int which) {
    cl_clear(CL_RUST);
    cl_prepare(which, CL_RUST);
    cl_panicked = 0;
    ticks = 0;
    cl_shared->phase = CL_IN_RUST;
    if (!sigsetjmp(cl_way_out, 0)) cl_call(which, CL_RUST);
    else { /* C that stands in Rust's place (see build.py's twin) is undefined where the original is not */
        char text[sizeof cl_panic];
        int n = cl_fault.line ? snprintf(text, sizeof text, "line %u: %s", cl_fault.line, cl_fault.kind) : snprintf(text, sizeof text, "%s", cl_fault.kind);
        codeloop_panicked(text, (size_t)n);
    }
    cl_shared->phase = CL_IDLE;
    cl_free_all();
}

static int last_which, last_call;

/* Makes the calls of an input until one tells. */
static enum verdict calls(const uint8_t *data, size_t n, int other) {
    struct cl_in in = {data, data + n};
    int n_calls = cl_max_calls > 1 ? 1 + (int)cl_bits(&in, 1) % cl_max_calls : 1;
    if (cl_max_calls > 1) cl_reset_state(CL_C), cl_reset_state(other);
    for (last_call = 0; last_call < n_calls; last_call++) {
        last_which = cl_n_functions > 1 ? (int)cl_bits(&in, 1) % cl_n_functions : 0;
        cl_forget();
        if (!cl_decode(last_which, &in)) return REJECTED;
        if (!call_c(last_which, CL_C)) return UNDEFINED;
        if (other == CL_RUST) {
            call_rust(last_which);
            if (cl_panicked) return PANICKED;
        } else if (!call_c(last_which, other)) return UNDEFINED;
        if (!cl_same(last_which, CL_C, other)) return DIFFERENT;
    }
    return SAME;
}

/* A difference counts only where C, compiled so that what it never wrote holds something else, agrees with itself. */
static enum verdict tried(const uint8_t *data, size_t n) {
    enum verdict verdict = calls(data, n, CL_RUST);
    if (verdict < DIFFERENT) return verdict;
    int at = last_call;
    enum verdict again = calls(data, n, CL_C_AGAIN);
    if (again == DIFFERENT && last_call <= at) {
        cl_fault = (struct cl_fault){"result depends on memory that was never written", 0, 0, 0};
        return UNDEFINED;
    }
    return verdict;
}

/* --- events --------------------------------------------------------------------------------------------------------- */

static void quote(const char *text) {
    fputc('"', events);
    for (; *text; text++) {
        unsigned char each = (unsigned char)*text;
        if (each == '"' || each == '\\') fprintf(events, "\\%c", each);
        else if (each < ' ' || each >= 127) fprintf(events, "\\u%04x", each);
        else fputc(each, events);
    }
    fputc('"', events);
}

static void field(const char *name, const char *text) {
    fprintf(events, ", \"%s\": ", name);
    quote(text);
}

static void hex(const uint8_t *data, size_t n) {
    fprintf(events, ", \"input\": \"");
    for (size_t i = 0; i < n; i++) fprintf(events, "%02x", data[i]);
    fprintf(events, "\"");
}

static uint64_t n_kinds[32];
static struct cl_fault kinds[32];

static void note_fault(void) {
    size_t i = 0;
    for (; i < 32 && kinds[i].kind; i++)
        if (kinds[i].kind == cl_fault.kind && kinds[i].line == cl_fault.line && kinds[i].pc == cl_fault.pc) break;
    if (i == 32) return;
    if (n_kinds[i]++ || !events) return;
    kinds[i] = cl_fault;
    fprintf(events, "{\"event\": \"undefined\", \"line\": %u, \"pc\": %llu", cl_fault.line, (unsigned long long)cl_fault.pc);
    field("kind", cl_fault.kind);
    cl_text_reset();
    cl_show_call(last_which);
    field("call", cl_text());
    fprintf(events, "}\n");
    fflush(events);
}

/* The calls that lead to the last one, each by its text. */
static void show_calls(const uint8_t *data, size_t n) {
    int at = last_call;
    struct cl_in in = {data, data + n};
    if (cl_max_calls > 1) cl_bits(&in, 1);
    fprintf(events, ", \"calls\": [");
    for (int i = 0; i <= at; i++) {
        int which = cl_n_functions > 1 ? (int)cl_bits(&in, 1) % cl_n_functions : 0;
        cl_forget();
        cl_decode(which, &in);
        cl_text_reset();
        cl_show_call(which);
        fprintf(events, i ? ", " : "");
        quote(cl_text());
    }
    fprintf(events, "]");
}

static void note_difference(const uint8_t *data, size_t n, enum verdict verdict) {
    int whose = last_which;
    fprintf(events, "{\"event\": \"%s\"", verdict == PANICKED ? "panicked" : verdict == DIFFERENT ? "different" : "unstable");
    hex(data, n);
    cl_text_reset();
    cl_show_result(whose, CL_C);
    field("expected", cl_text());
    if (verdict == PANICKED) field("panic", cl_panic);
    else {
        cl_text_reset();
        cl_show_result(whose, CL_RUST);
        field("actual", cl_text());
    }
    show_calls(data, n);
    fprintf(events, "}\n");
    fflush(events);
}

/* --- smaller -------------------------------------------------------------------------------------------------------- */

#define MOST_TRIES 20000
static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static size_t smaller(uint8_t *data, size_t n, enum verdict verdict) {
    uint8_t trial[4096];
    double until = now() + 1.0;
    int n_tries = 0, has_changed = 1;
#define STILL(size) (n_tries++ < MOST_TRIES && now() < until && tried(trial, size) == verdict)
    while (has_changed && n_tries < MOST_TRIES && now() < until) {
        has_changed = 0;
        for (size_t part = n; part; part /= 2)
            for (size_t at = 0; at + part <= n;) {
                memcpy(trial, data, at);
                memcpy(trial + at, data + at + part, n - at - part);
                if (STILL(n - part)) memcpy(data, trial, n -= part), has_changed = 1;
                else at += part;
            }
        for (size_t at = 0; at < n; at++)
            for (int how = 0; how < 4 && data[at]; how++) {
                uint8_t value = how == 0 ? 0 : how == 1 ? data[at] % 8 : how == 2 ? data[at] / 2 : data[at] - 1;
                memcpy(trial, data, n);
                trial[at] = value;
                if (value != data[at] && STILL(n)) data[at] = value, has_changed = 1, how = -1;
            }
    }
    return n;
}

static void found(const uint8_t *data, size_t n, enum verdict verdict) {
    static double first;
    uint8_t small[4096];
    memcpy(small, data, n);
    struct cl_shared kept = *cl_shared;
    n = smaller(small, n, verdict);
    verdict = tried(small, n);
    *cl_shared = kept;
    cl_shared->counters[CL_DIFFERENT]++;
    /* tried() ends with C against C, which is what the text of the last call is not about. */
    enum verdict again = calls(small, n, CL_RUST);
    if (verdict >= DIFFERENT && again == verdict) note_difference(small, n, verdict);
    else { /* Rust does not do the same each time: it keeps something, or draws lots */
        if (again == SAME) last_call--;
        note_difference(small, n, SAME);
    }
    if (!first) first = now();
    if (++n_found >= n_wanted || now() > first + 0.5) {
        fflush(events);
        _Exit(77);
    }
}

/* --- libFuzzer's doors ---------------------------------------------------------------------------------------------- */

#ifndef CL_ONLY_C
void codeloop_start(void);
#endif

static void start(void) {
    const char *path = getenv("CODELOOP_SHARED"), *log = getenv("CODELOOP_EVENTS"), *wanted = getenv("CODELOOP_WANTED");
    int file = path ? open(path, O_RDWR | O_CREAT, 0600) : -1;
    if (file >= 0 && !ftruncate(file, sizeof *cl_shared)) {
        void *at = mmap(0, sizeof *cl_shared, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
        if (at != MAP_FAILED) cl_shared = at;
    }
    events = log ? fopen(log, "a") : stderr;
    if (wanted) n_wanted = atoi(wanted);
    if (getenv("CODELOOP_LIST")) listing = fopen(getenv("CODELOOP_LIST"), "w");
    for (int side = 0; side < CL_SIDES; side++) cl_clear(side), cl_clear(side);
    struct sigaction action = {.sa_handler = tick, .sa_flags = SA_RESTART | SA_NODEFER};
    sigaction(SIGVTALRM, &action, 0);
    catch_faults();
    struct itimerval every = {{0, TICK_MS * 1000}, {0, TICK_MS * 1000}};
    setitimer(ITIMER_VIRTUAL, &every, 0);
#ifndef CL_ONLY_C
    codeloop_start();
#endif
}

int LLVMFuzzerInitialize(int *n, char ***arguments) {
    (void)n, (void)arguments;
    start();
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n) {
    if (n > sizeof cl_shared->input) n = sizeof cl_shared->input;
    memcpy(cl_shared->input, data, n);
    cl_shared->n_input = n;
    cl_shared->counters[CL_EXECUTIONS]++;
    enum verdict verdict = tried(data, n);
    if (listing) { /* only a letter for each input is wanted */
        fputc("rsudp"[verdict], listing);
        fflush(listing);
        return 0;
    }
    switch (verdict) {
    case REJECTED: cl_shared->counters[CL_REJECTED]++; return -1;
    case UNDEFINED:
        cl_shared->counters[cl_fault.kind == cl_endless ? CL_ENDLESS : CL_UNDEFINED]++;
        note_fault();
        return -1;
    case SAME: cl_shared->counters[CL_COMPARED]++; return 0;
    default: cl_shared->counters[CL_COMPARED]++; found(data, n, verdict); return 0;
    }
}

#ifdef CL_ONLY_C
/* Shows an input's calls, and what C makes of them unless only the calls are wanted. */
static void show(const uint8_t *data, size_t n, int with_result) {
    struct cl_in in = {data, data + n};
    last_call = cl_max_calls > 1 ? (int)cl_bits(&in, 1) % cl_max_calls : 0;
    fprintf(events, "{\"event\": \"shown\"");
    if (with_result) {
        enum verdict verdict = calls(data, n, CL_C);
        if (verdict == SAME) last_call--;
        cl_text_reset();
        if (verdict == SAME) cl_show_result(last_which, CL_C);
        field("expected", cl_text());
    }
    show_calls(data, n);
    fprintf(events, "}\n");
    fflush(events);
}

/* C alone over files of inputs: what of it they reach, or, under MSan, whether it reads what it never wrote. */
int main(int n, char **names) {
    const char *shown = getenv("CODELOOP_SHOW");
    start();
    for (int i = 1; i < n; i++) {
        static uint8_t data[4096];
        FILE *file = fopen(names[i], "rb");
        if (!file) continue;
        size_t size = fread(data, 1, sizeof data, file);
        fclose(file);
        if (shown) show(data, size, !strcmp(shown, "result"));
        else calls(data, size, CL_C);
    }
    return 0;
}
#endif
