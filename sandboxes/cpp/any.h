// boost::any: its value crosses if it is of a type that tests use; anything else arrives as an empty struct of its own.
#pragma once
#include <boost/any.hpp>

namespace codeloop_wire {

struct unknown {};

template <class T> bool put_if(writer& out, const boost::any& value, char tag) {
    const T* found = boost::any_cast<T>(&value);
    if (found == nullptr) return false;
    out.raw(&tag, 1);
    put(out, *found);
    return true;
}

template <class T> void get_as(reader& in, boost::any& value) {
    T found{};
    get(in, found);
    value = found;
}

template <> struct special<boost::any> {
    static constexpr bool exists = true;

    static void put(writer& out, const boost::any& value) {
        if (value.empty()) out.raw("0", 1);
        else if (const char* const* text = boost::any_cast<const char*>(&value)) out.raw("s", 1), out.text(*text);
        else if (!put_if<int>(out, value, 'i') && !put_if<long>(out, value, 'l') && !put_if<long long>(out, value, 'L') &&
                 !put_if<double>(out, value, 'd') && !put_if<float>(out, value, 'f') && !put_if<bool>(out, value, 'b') &&
                 !put_if<char>(out, value, 'c') && !put_if<std::string>(out, value, 't') &&
                 !put_if<std::vector<int>>(out, value, 'v'))
            out.raw("?", 1);
    }

    static void get(reader& in, boost::any& value) {
        char tag = 0;
        in.raw(&tag, 1);
        switch (tag) {
            case '0': value = boost::any(); break;
            case 's': value = static_cast<const char*>(strdup(in.text().c_str())); break;
            case 'i': get_as<int>(in, value); break;
            case 'l': get_as<long>(in, value); break;
            case 'L': get_as<long long>(in, value); break;
            case 'd': get_as<double>(in, value); break;
            case 'f': get_as<float>(in, value); break;
            case 'b': get_as<bool>(in, value); break;
            case 'c': get_as<char>(in, value); break;
            case 't': get_as<std::string>(in, value); break;
            case 'v': get_as<std::vector<int>>(in, value); break;
            case '?': value = unknown{}; break;
            default: throw bad{};
        }
    }
};

}  // namespace codeloop_wire
