// The parts that need compiling once only: the codec, and the containers that most programs use.
#include <unistd.h>

#include <cerrno>

#include "base.h"

#define CODELOOP_INSTANCE template
#include "instances.h"
#undef CODELOOP_INSTANCE

namespace codeloop_wire {

writer::writer() = default;
writer::~writer() = default;
reader::reader() = default;
reader::reader(reader&& other) = default;
reader::~reader() = default;

void writer::raw(const void* data, std::size_t size) { bytes.append(static_cast<const char*>(data), size); }

void writer::count(std::size_t n) {
    const std::uint32_t number = n > most ? most : static_cast<std::uint32_t>(n);
    raw(&number, 4);
}

void writer::whole(long long value) { raw(&value, 8); }

void writer::real(double value) { raw(&value, 8); }

void writer::text(const std::string& value) {
    count(value.size());
    raw(value.data(), value.size());
}

bool writer::send(int descriptor) const {
    const std::uint32_t size = static_cast<std::uint32_t>(bytes.size());
    std::string frame(reinterpret_cast<const char*>(&size), 4);
    frame += bytes;
    for (std::size_t at = 0; at < frame.size();) {
        const ssize_t done = write(descriptor, frame.data() + at, frame.size() - at);
        if (done < 0 && errno == EINTR) continue;
        if (done <= 0) return false;
        at += static_cast<std::size_t>(done);
    }
    return true;
}

void reader::raw(void* data, std::size_t size) {
    if (size > bytes.size() - at) throw bad{};
    std::memcpy(data, bytes.data() + at, size);
    at += size;
}

std::uint32_t reader::count() {
    std::uint32_t number = 0;
    raw(&number, 4);
    if (number > bytes.size() - at) throw bad{};  // everything takes a byte at least
    return number;
}

long long reader::whole() {
    long long value = 0;
    raw(&value, 8);
    return value;
}

double reader::real() {
    double value = 0;
    raw(&value, 8);
    return value;
}

std::string reader::text() {
    std::string value(count(), '\0');
    raw(&value[0], value.size());
    return value;
}

static bool fill(int descriptor, char* data, std::size_t size) {
    for (std::size_t at = 0; at < size;) {
        const ssize_t done = read(descriptor, data + at, size - at);
        if (done < 0 && errno == EINTR) continue;
        if (done <= 0) return false;
        at += static_cast<std::size_t>(done);
    }
    return true;
}

bool reader::receive(int descriptor) {
    std::uint32_t size = 0;
    if (!fill(descriptor, reinterpret_cast<char*>(&size), 4)) return false;
    if (size > most) throw bad{};
    bytes.assign(size, '\0');
    at = 0;
    return fill(descriptor, &bytes[0], size);
}

void reader::end() const {
    if (at != bytes.size()) throw bad{};
}

}  // namespace codeloop_wire
