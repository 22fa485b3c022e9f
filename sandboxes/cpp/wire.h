// Values between judge and candidate: by their types alone, without tags, so that only data crosses.
//
// A frame is four bytes of length, little-endian, then its bytes. Whole numbers of every width take eight bytes and are
// checked against the width that reads them; texts and containers have four bytes of count in front. A request is sequence,
// number of the function, arguments; a reply is sequence, 0 and the answer with the arguments by reference, or 1 and what
// was thrown.
#pragma once
#include <array>
#include <cstdint>
#include <cstring>
#include <deque>
#include <list>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <type_traits>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

namespace codeloop_wire {

struct bad {};  // bytes that are no value
struct wide {};  // a whole number that the reader's type cannot hold
constexpr std::uint32_t most = 16u << 20;  // bytes of a frame: a hundred times any honest value of the suites

class writer {
public:
    std::string bytes;
    writer();
    ~writer();
    void raw(const void* data, std::size_t size);
    void count(std::size_t n);
    void whole(long long value);
    void real(double value);
    void text(const std::string& value);
    bool send(int descriptor) const;  // false: the other side is gone
};

class reader {
public:
    std::string bytes;
    std::size_t at = 0;
    reader();
    reader(reader&& other);
    ~reader();
    void raw(void* data, std::size_t size);
    std::uint32_t count();
    long long whole();
    double real();
    std::string text();
    bool receive(int descriptor);  // false: the other side is gone; throws bad
    void end() const;
};

template <class T> struct is_sequence : std::false_type {};
template <class T, class A> struct is_sequence<std::vector<T, A>> : std::true_type {};
template <class T, class A> struct is_sequence<std::list<T, A>> : std::true_type {};
template <class T, class A> struct is_sequence<std::deque<T, A>> : std::true_type {};
template <class T> struct is_set : std::false_type {};
template <class T, class C, class A> struct is_set<std::set<T, C, A>> : std::true_type {};
template <class T, class C, class A> struct is_set<std::multiset<T, C, A>> : std::true_type {};
template <class T, class H, class E, class A> struct is_set<std::unordered_set<T, H, E, A>> : std::true_type {};
template <class T> struct is_map : std::false_type {};
template <class K, class V, class C, class A> struct is_map<std::map<K, V, C, A>> : std::true_type {};
template <class K, class V, class C, class A> struct is_map<std::multimap<K, V, C, A>> : std::true_type {};
template <class K, class V, class H, class E, class A>
struct is_map<std::unordered_map<K, V, H, E, A>> : std::true_type {};
template <class T> struct is_pair : std::false_type {};
template <class A, class B> struct is_pair<std::pair<A, B>> : std::true_type {};
template <class T> struct is_tuple : std::false_type {};
template <class... T> struct is_tuple<std::tuple<T...>> : std::true_type {};
template <class T> struct is_optional : std::false_type {};
template <class T> struct is_optional<std::optional<T>> : std::true_type {};
template <class T> struct is_array : std::false_type {};
template <class T, std::size_t N> struct is_array<std::array<T, N>> : std::true_type {};

// Types of one's own (boost::any) give a specialisation of this.
template <class T> struct special {
    static constexpr bool exists = false;
};

// Puts a value as the type T says, whatever the program made it of: only whole for whole, real for real, and so on.
template <class T> void put(writer& out, const T& value) {
    if constexpr (special<T>::exists) special<T>::put(out, value);
    else if constexpr (std::is_floating_point_v<T>) out.real(static_cast<double>(value));
    else if constexpr (std::is_integral_v<T>) out.whole(static_cast<long long>(value));
    else if constexpr (std::is_same_v<T, std::string>) out.text(value);
    else if constexpr (is_sequence<T>::value || is_set<T>::value || is_map<T>::value) {
        out.count(value.size());
        for (const auto& item : value) {
            if constexpr (is_sequence<T>::value || is_set<T>::value) put<typename T::value_type>(out, item);
            else put(out, item.first), put(out, item.second);
        }
    } else if constexpr (is_array<T>::value) {
        for (const auto& item : value) put(out, item);
    } else if constexpr (is_pair<T>::value) put(out, value.first), put(out, value.second);
    else if constexpr (is_tuple<T>::value) std::apply([&](const auto&... items) { (put(out, items), ...); }, value);
    else {
        static_assert(is_optional<T>::value, "a value of this type cannot be sent to the tests");
        out.count(value.has_value());
        if (value) put(out, *value);
    }
}

template <class T> void get(reader& in, T& value) {
    if constexpr (special<T>::exists) special<T>::get(in, value);
    else if constexpr (std::is_floating_point_v<T>) value = static_cast<T>(in.real());
    else if constexpr (std::is_integral_v<T>) {
        const long long number = in.whole();
        value = static_cast<T>(number);
        if (static_cast<long long>(value) != number) throw wide{};
    } else if constexpr (std::is_same_v<T, std::string>) value = in.text();
    else if constexpr (is_sequence<T>::value || is_set<T>::value) {
        value.clear();
        for (std::uint32_t left = in.count(); left > 0; left--) {
            typename T::value_type item{};
            get(in, item);
            value.insert(value.end(), std::move(item));
        }
    } else if constexpr (is_map<T>::value) {
        value.clear();
        for (std::uint32_t left = in.count(); left > 0; left--) {
            typename T::key_type key{};
            typename T::mapped_type item{};
            get(in, key), get(in, item);
            value.emplace(std::move(key), std::move(item));
        }
    } else if constexpr (is_array<T>::value) {
        for (auto& item : value) get(in, item);
    } else if constexpr (is_pair<T>::value) get(in, value.first), get(in, value.second);
    else if constexpr (is_tuple<T>::value) std::apply([&](auto&... items) { (get(in, items), ...); }, value);
    else {
        static_assert(is_optional<T>::value, "a value of this type cannot be sent to the tests");
        value.reset();
        if (in.count() != 0) get(in, value.emplace());
    }
}

// Whether a program that has B where the task says A is read without changing what its values mean.
template <class A, class B> constexpr bool alike() {
    if constexpr (std::is_same_v<A, B>) return true;
    else if constexpr (special<A>::exists || special<B>::exists) return false;
    else if constexpr (std::is_floating_point_v<A>) return std::is_floating_point_v<B>;
    else if constexpr (std::is_same_v<A, bool> || std::is_same_v<A, char>) return false;
    else if constexpr (std::is_integral_v<A>)
        return std::is_integral_v<B> && !std::is_same_v<B, bool> && !std::is_same_v<B, char>;
    else if constexpr (is_sequence<A>::value && is_sequence<B>::value)
        return alike<typename A::value_type, typename B::value_type>();
    else if constexpr (is_set<A>::value && is_set<B>::value) return alike<typename A::key_type, typename B::key_type>();
    else if constexpr (is_map<A>::value && is_map<B>::value)
        return alike<typename A::key_type, typename B::key_type>() &&
               alike<typename A::mapped_type, typename B::mapped_type>();
    else return false;
}

// Sends an answer. What a map in the program's own order holds is read into the judge's own map.
template <class T, class B> void answer(writer& out, const B& value) {
    static_assert(alike<T, B>(), "the function returns another type than the one that is asked for");
    put(out, value);
}

}  // namespace codeloop_wire
