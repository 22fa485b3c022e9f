// A plugin of GCC that makes a compiler wait, once it has read its precompiled header, and fork for each compilation.
//
// The first process (the agent's child) compiles preload.cpp, whose one line leads here. It is root with no capability but
// those to change its user; it never sees a text. Descriptor 0 is the agent's: a message says whose compiler is wanted, by
// which limits, and brings a socket. For that user it forks a process, which is the user's alone before it looks at the
// socket; and that one forks again for every compilation that is asked for there, and says how it ended.
#include <gcc-plugin.h>
#include <plugin-version.h>
#include <tree.h>
#include <c-family/c-common.h>
#include <c-family/c-pragma.h>
#include <cpplib.h>
#include <output.h>
#include <toplev.h>

#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

int plugin_is_GPL_compatible;

// Of the C++ front end, whose own header cannot be read outside of it.
extern int at_eof;
extern void instantiate_pending_templates(int retries);

namespace {

const int agent = 0;

// What the agent sends: host byte order, then the user's home.
struct wanted {
    uint64_t user, cpu_s, processes, file_bytes;
    char home[256];
};

// Receive at most `size` bytes, and up to three descriptors; what is not sent is -1.
ssize_t receive(int socket, void* data, size_t size, int (&descriptors)[3]) {
    iovec part = {data, size};
    alignas(cmsghdr) char control[CMSG_SPACE(sizeof descriptors)];
    msghdr message = {};
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    message.msg_control = control;
    message.msg_controllen = sizeof control;
    for (int& each : descriptors) each = -1;
    const ssize_t got = recvmsg(socket, &message, MSG_CMSG_CLOEXEC);
    const cmsghdr* head = got > 0 ? CMSG_FIRSTHDR(&message) : nullptr;
    if (head != nullptr && head->cmsg_type == SCM_RIGHTS) memcpy(descriptors, CMSG_DATA(head), head->cmsg_len - CMSG_LEN(0));
    return got;
}

void demand(bool holds) {
    if (!holds) _exit(126);
}

void limit(__rlimit_resource which, rlim_t soft, rlim_t hard) {
    const rlimit both = {soft, hard};
    demand(setrlimit(which, &both) == 0);
}

// Be the user for good, as children.py does it; the system calls that are forbidden were so before this program began.
void become(const wanted& who) {
    demand(who.user != 0 && setsid() >= 0 && chdir(who.home) == 0);
    const int file = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
    demand(file >= 0 && write(file, "1000", 4) == 4 && close(file) == 0);
    limit(RLIMIT_CPU, who.cpu_s + 1, who.cpu_s + 2);
    limit(RLIMIT_NPROC, who.processes, who.processes);
    limit(RLIMIT_FSIZE, who.file_bytes, who.file_bytes);
    limit(RLIMIT_CORE, 0, 0);
    limit(RLIMIT_NOFILE, 256, 256);
    const uid_t id = static_cast<uid_t>(who.user);
    demand(setgroups(0, nullptr) == 0 && setresgid(id, id, id) == 0 && setresuid(id, id, id) == 0);
    demand(prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == 0);
}

// In the process of one compilation: its text is what the compiler reads next, where no preprocessed line has been yet.
void begin(cpp_reader* reader, int (&files)[3], int socket) {
    demand(dup2(files[0], 0) == 0 && dup2(files[1], fileno(asm_out_file)) >= 0);
    demand(dup2(files[2], 1) == 1 && dup2(files[2], 2) == 2);
    for (const int file : files) close(file);
    close(socket);
    cpp_push_include(reader, "/proc/self/fd/0");
}

// As the user: a process for each request. Returns in that process alone.
void compile_for(cpp_reader* reader, int socket) {
    char request;
    int files[3];
    while (receive(socket, &request, 1, files) == 1) {
        const pid_t child = files[2] < 0 ? -1 : fork();
        if (child == 0) return begin(reader, files, socket);
        for (const int file : files) close(file);
        int status = -1;
        if (child > 0 && waitpid(child, &status, 0) != child) status = -1;
        if (send(socket, &status, sizeof status, MSG_NOSIGNAL) != sizeof status) break;
    }
    _exit(0);
}

// All that the header leaves for the end of every text: the instances that its own inline functions need. The flag says
// "the text has ended", and what is instantiated after that is only written if something uses it.
void instantiate() {
    at_eof = 1;
    instantiate_pending_templates(0);
    at_eof = 0;
}

// The line of preload.cpp. Returns in a process of one compilation alone.
void serve(cpp_reader* reader) {
    static bool is_waiting = false;
    if (is_waiting) return;  // a text has the line too
    is_waiting = true;
    while (cpp_get_token(reader)->type != CPP_EOF) continue;
    instantiate();
    initialize_rtl();  // tables of the machine, which the first function would have made
    fflush(nullptr);
    wanted who = {};
    int files[3];
    while (receive(agent, &who, sizeof who - 1, files) >= static_cast<ssize_t>(offsetof(wanted, home)) + 1) {
        const pid_t child = files[0] < 0 ? -1 : fork();
        if (child == 0) {
            if (fork() != 0) _exit(0);  // the other is the agent's own child from here on
            demand(dup2(1, agent) == agent);  // nothing: and no descriptor that comes takes a standard one's place
            become(who);
            return compile_for(reader, files[0]);
        }
        if (child > 0) waitpid(child, nullptr, 0);
        close(files[0]);
        who = {};
    }
    _exit(0);
}

void register_line(void*, void*) { cpp_register_pragma(parse_in, "codeloop", "serve", serve, false); }

// Wait for a first message before a header is read that most checks have no use for.
void wait_for_agent(void*, void*) {
    pollfd first = {agent, POLLIN, 0};
    while (poll(&first, 1, -1) < 0 && errno == EINTR) continue;
}

}  // namespace

int plugin_init(plugin_name_args* own, plugin_gcc_version* version) {
    if (!plugin_default_version_check(version, &gcc_version)) return 1;
    register_callback(own->base_name, PLUGIN_PRAGMAS, register_line, nullptr);
    if (own->argc > 0) register_callback(own->base_name, PLUGIN_START_UNIT, wait_for_agent, nullptr);
    return 0;
}
