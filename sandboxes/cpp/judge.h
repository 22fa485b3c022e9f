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

void end(int number, bool holds, const std::string& expected = "", const std::string& actual = "");
void raised(int number);  // in a handler: says what was thrown; goes on with it if the candidate is gone
codeloop_wire::reader call(codeloop_wire::writer& request);  // throws what the candidate threw
[[noreturn]] void forged();
[[noreturn]] void unfit();  // a whole number of the answer is too large for its type

std::string quoted(const std::string& text);
std::string shown(double value);
std::string capped(std::string text);

// Gives a value as C++ would write it, at bounded length.
template <class T> std::string show(const T& value) {
    using namespace codeloop_wire;
    if constexpr (std::is_same_v<T, bool>) return value ? "true" : "false";
    else if constexpr (std::is_same_v<T, char>) return "'" + quoted(std::string(1, value)).substr(1) + "'";
    else if constexpr (std::is_floating_point_v<T>) return shown(static_cast<double>(value));
    else if constexpr (std::is_integral_v<T>) return std::to_string(value);
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

}  // namespace codeloop_judge
