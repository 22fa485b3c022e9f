// What the rewritten tests call in the judge's process; support.cpp and judge.cpp have the rest.
#pragma once
#include <string>

#include "wire.h"

namespace codeloop_judge {

struct planned {
    int line;
    const char* expression;
    bool is_opaque;
};

void end(int number, bool holds);
void end(int number, bool holds, const std::string& expected, const std::string& actual);
void raised(int number);  // in a handler: says what was thrown; goes on with it if the candidate is gone
codeloop_wire::reader call(codeloop_wire::writer& request);  // throws what the candidate threw
[[noreturn]] void forged();
[[noreturn]] void unfit();  // a whole number of the answer is too large for its type

std::string quoted(const std::string& text);
std::string shown(double value);
std::string whole(long long value);
std::string capped(std::string text);

// Gives a value as C++ would write it, at bounded length.
template <class T> std::string show(const T& value) {
    using namespace codeloop_wire;
    if constexpr (std::is_same_v<T, bool>) return value ? "true" : "false";
    else if constexpr (std::is_same_v<T, char>) return "'" + quoted(std::string(1, value)).substr(1) + "'";
    else if constexpr (std::is_floating_point_v<T>) return shown(static_cast<double>(value));
    else if constexpr (std::is_integral_v<T>) return whole(value);
    else if constexpr (std::is_convertible_v<const T&, std::string>) return capped(quoted(std::string(value)));
    else if constexpr (is_sequence<T>::value || is_set<T>::value || is_map<T>::value) {
        std::string text = "{";
        for (const auto& item : value) {
            if (text.size() > 500) break;
            if (text.size() > 1) text += ", ";
            if constexpr (is_map<T>::value) text += "{" + show(item.first) + ", " + show(item.second) + "}";
            else text += show(static_cast<typename T::value_type>(item));
        }
        return capped(text + "}");
    } else if constexpr (is_pair<T>::value) return "{" + show(value.first) + ", " + show(value.second) + "}";
    else if constexpr (is_optional<T>::value) return value ? show(*value) : "nullopt";
    else return "a value";
}

// A comparison's end: before the expected value stands what it was asked to be, as in "< ".
template <class Expected, class Actual>
void compared(int number, bool holds, const char* before, const Expected& expected, const Actual& actual) {
    end(number, holds, before + show(expected), show(actual));
}

template <class Expected, class Bound, class Actual>
void near(int number, bool holds, const Expected& expected, const Bound& bound, const Actual& actual) {
    end(number, holds, show(expected) + " \302\261 " + show(bound), show(actual));
}

template <class Actual> void truth(int number, bool holds, const char* expected, const Actual& actual) {
    end(number, holds, expected, show(actual));
}

// What the candidate answers; `changed` are the arguments by reference.
template <class Answer, class... Changed> Answer ask(codeloop_wire::writer& request, Changed&... changed) {
    codeloop_wire::reader in = call(request);
    try {
        if constexpr (std::is_void_v<Answer>) {
            (codeloop_wire::get(in, changed), ...);
            in.end();
        } else {
            Answer answer{};
            codeloop_wire::get(in, answer);
            (codeloop_wire::get(in, changed), ...);
            in.end();
            return answer;
        }
    } catch (const codeloop_wire::wide&) {
        unfit();
    } catch (const codeloop_wire::bad&) {
        forged();
    }
}

}  // namespace codeloop_judge
