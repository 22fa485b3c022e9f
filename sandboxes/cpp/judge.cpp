// The judge's process around the tests: they hold the expected values, and no line of the candidate is in here.
//
// Reads the nonce from descriptor 0 until its end; calls the candidate over descriptor 3; writes JSON lines on descriptor 0.
#include <signal.h>
#include <unistd.h>

#include <cerrno>

#include "base.h"

// Made for each set of tests.
extern const codeloop_judge::planned codeloop_plan[];
extern const int codeloop_n_planned;
int codeloop_tests();

namespace codeloop_judge {

namespace {

const int peer = 3;
const int channel = 0;
const std::size_t cap = 500;

struct gone {};
struct liar {};
struct remote : std::runtime_error {
    using std::runtime_error::runtime_error;
};

enum class link { fine, dead, lying };
link state = link::fine;
long long sequence = 0;
std::string nonce;
const char* const ends_at = getenv("CODELOOP_FIRST_FAILURE");
const bool ends_at_failure = ends_at != nullptr && ends_at[0] == '1';
std::vector<std::string> statuses;

void write_all(int descriptor, const std::string& text) {
    for (std::size_t at = 0; at < text.size();) {
        const ssize_t done = write(descriptor, text.data() + at, text.size() - at);
        if (done < 0 && errno == EINTR) continue;
        if (done <= 0) return;
        at += static_cast<std::size_t>(done);
    }
}

std::string json(const std::string& text) {
    static const char* digits = "0123456789abcdef";
    std::string made = "\"";
    for (const unsigned char c : text) {
        if (c == 0xc2) continue;  // the first byte of a plus-minus sign, the only one beyond ASCII that is meant
        if (c > 126) made += c == 0xb1 ? "\\u00b1" : "?";
        else if (c < 32 || c == '"' || c == '\\') {
            made += "\\u00";
            made += digits[c >> 4];
            made += digits[c & 15];
        } else made += static_cast<char>(c);
    }
    return made + "\"";
}

void line(const std::string& fields) { write_all(channel, "{\"nonce\": " + json(nonce) + ", " + fields + "}\n"); }

std::string case_of(int number) {
    const planned& each = codeloop_plan[number];
    return "{\"id\": " + std::to_string(number) + ", \"name\": \"line " + std::to_string(each.line) +
           "\", \"expression\": " + each.expression + ", \"is_opaque\": " + (each.is_opaque ? "true" : "false") +
           ", \"status\": \"" + statuses[number] + "\"";
}

[[noreturn]] void finish(bool is_whole) {
    line(std::string("\"done\": true, \"whole\": ") + (is_whole ? "true" : "false") + ", \"died\": " +
         (state == link::dead ? "true" : "false") + ", \"forged\": " + (state == link::lying ? "true" : "false"));
    _exit(0);
}

void record(int number, const char* status, const std::string& fields) {
    std::string& now = statuses[number];
    if (now == "failed" || now == "raised" || now == status) return;
    now = status;
    line("\"case\": " + case_of(number) + fields + "}");
    if (ends_at_failure && now != "passed") finish(false);
}

[[noreturn]] void stop() {
    if (state == link::lying) throw liar{};
    throw gone{};
}

std::string text_of_current() {
    try {
        throw;
    } catch (const remote& error) {
        return error.what();
    } catch (const std::exception& error) {
        return std::string("the tests: ") + error.what();
    } catch (...) {
        return "the tests threw something of their own";
    }
}

void setup(const std::string& text) {
    const std::string number = std::to_string(codeloop_n_planned);
    line("\"case\": {\"id\": " + number + ", \"name\": \"setup\", \"expression\": \"\", \"is_opaque\": true, " +
         "\"status\": \"raised\", \"exception\": " + json(capped(text)) + "}");
}

void read_nonce() {
    char part[4096];
    for (;;) {
        const ssize_t done = read(channel, part, sizeof part);
        if (done < 0 && errno == EINTR) continue;
        if (done <= 0) return;
        nonce.append(part, static_cast<std::size_t>(done));
    }
}

void plan() {
    statuses.assign(codeloop_n_planned, "not_run");
    std::string text = "\"plan\": [";
    for (int number = 0; number < codeloop_n_planned; number++) text += (number ? ", " : "") + case_of(number) + "}";
    line(text + "]");
}

}  // namespace

std::string capped(std::string text) { return text.size() <= cap ? text : text.substr(0, cap - 3) + "..."; }

std::string quoted(const std::string& text) {
    std::string made = "\"";
    for (const unsigned char c : text.substr(0, cap)) {
        char part[8];
        if (c == '\n') made += "\\n";
        else if (c == '\t') made += "\\t";
        else if (c == '"' || c == '\\') made += std::string("\\") + static_cast<char>(c);
        else if (c < 32 || c > 126) snprintf(part, sizeof part, "\\%03o", c), made += part;
        else made += static_cast<char>(c);
    }
    return made + (text.size() > cap ? "...\"" : "\"");
}

std::string shown(double value) {
    char text[40];
    for (int digits = 6; digits <= 17; digits++) {
        snprintf(text, sizeof text, "%.*g", digits, value);
        if (strtod(text, nullptr) == value || value != value) break;
    }
    return text;
}

std::string whole(long long value) { return std::to_string(value); }

void end(int number, bool holds) { end(number, holds, "", ""); }

void end(int number, bool holds, const std::string& expected, const std::string& actual) {
    record(number, holds ? "passed" : "failed", ", \"expected\": " + json(expected) + ", \"actual\": " + json(actual));
}

void raised(int number) {
    if (state != link::fine) {
        const char* text = state == link::dead ? "process exited" : "the candidate forged a message";
        record(number, "failed", std::string(", \"exception\": ") + json(text));
        throw;
    }
    record(number, "raised", ", \"exception\": " + json(capped(text_of_current())));
}

void forged() {
    state = link::lying;
    stop();
}

void unfit() { throw remote("a number of the answer is too large for the type that is asked for"); }

codeloop_wire::reader call(codeloop_wire::writer& request) {
    if (state != link::fine) stop();
    codeloop_wire::writer head;
    head.whole(++sequence);
    head.bytes += request.bytes;
    codeloop_wire::reader reply;
    std::string text;
    try {
        if (!head.send(peer) || !reply.receive(peer)) state = link::dead;
        else {
            if (reply.whole() != sequence) throw codeloop_wire::bad{};
            const long long status = reply.whole();
            if (status == 0) return reply;
            if (status != 1) throw codeloop_wire::bad{};
            text = reply.text();
        }
    } catch (const codeloop_wire::bad&) {
        state = link::lying;
    }
    if (state != link::fine) stop();
    throw remote(text.empty() ? "an exception" : text);
}

}  // namespace codeloop_judge

int main() {
    using namespace codeloop_judge;
    signal(SIGPIPE, SIG_IGN);  // a candidate that is gone is told by what write says
    read_nonce();
    plan();
    write_all(peer, "g");
    bool is_whole = false;
    try {
        codeloop_tests();
        is_whole = state == link::fine;
    } catch (...) {
        if (state == link::fine) setup(text_of_current());
    }
    finish(is_whole);
}
