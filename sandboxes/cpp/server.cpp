// The candidate's process around the candidate: waits for the judge, then answers calls on descriptor 3.
//
// Everything here shares its memory with the candidate; that is allowed for, since nothing here decides anything.
#include <cxxabi.h>
#include <unistd.h>

#include <typeinfo>

#include "base.h"

// Made for each program: reads the arguments, calls, writes the answer.
void codeloop_dispatch(long long function, codeloop_wire::reader& in, codeloop_wire::writer& out);

static const int peer = 3;

// Before any initialiser of the program, the judge has to have announced its cases: it says so with one byte.
static void wait_for_judge() {
    char byte = 0;
    if (read(peer, &byte, 1) != 1) _exit(1);
}

__attribute__((section(".preinit_array"), used)) static void (*const first)() = wait_for_judge;

static std::string kind_of(const std::exception& error) {
    int status = 0;
    char* name = abi::__cxa_demangle(typeid(error).name(), nullptr, nullptr, &status);
    std::string text = status == 0 && name != nullptr ? name : "exception";
    free(name);
    return text;
}

static void throws(codeloop_wire::writer& out, long long sequence, const std::string& text) {
    out.bytes.clear();
    out.whole(sequence);
    out.whole(1);
    out.text(text.substr(0, 2000));
}

int main() {
    codeloop_wire::reader in;
    while (in.receive(peer)) {
        codeloop_wire::writer out;
        const long long sequence = in.whole();
        const long long function = in.whole();
        out.whole(sequence);
        out.whole(0);
        try {
            codeloop_dispatch(function, in, out);
            if (out.bytes.size() > codeloop_wire::most) throws(out, sequence, "the answer is too large to be sent");
        } catch (const std::exception& error) {
            throws(out, sequence, kind_of(error) + ": " + error.what());
        } catch (const std::string& text) {
            throws(out, sequence, text);
        } catch (const char* text) {
            throws(out, sequence, text);
        } catch (...) {
            throws(out, sequence, "an exception of a type of its own");
        }
        fflush(nullptr);
        std::cout.flush();
        if (!out.send(peer)) break;
    }
    _exit(0);
}
