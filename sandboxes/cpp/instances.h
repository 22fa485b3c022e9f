// What most programs use, and so is compiled once only, in support.cpp: elsewhere CODELOOP_INSTANCE is "extern template".
// No guard: it is read with two meanings. With _GLIBCXX_ASSERTIONS the standard library does not do so for its strings.
CODELOOP_INSTANCE class std::allocator<char>;
CODELOOP_INSTANCE class std::basic_string<char>;
CODELOOP_INSTANCE std::string std::operator+(const std::string&, const std::string&);
CODELOOP_INSTANCE std::string std::operator+(const std::string&, const char*);
CODELOOP_INSTANCE std::string std::operator+(const std::string&, char);
CODELOOP_INSTANCE std::string std::operator+(const std::string&, std::string&&);
CODELOOP_INSTANCE std::string std::operator+(std::string&&, const std::string&);
CODELOOP_INSTANCE std::string std::operator+(std::string&&, std::string&&);
CODELOOP_INSTANCE std::string std::operator+(std::string&&, const char*);
CODELOOP_INSTANCE std::string std::operator+(std::string&&, char);
CODELOOP_INSTANCE std::string std::operator+(const char*, const std::string&);
CODELOOP_INSTANCE std::string std::operator+(const char*, std::string&&);
CODELOOP_INSTANCE std::string std::operator+(char, const std::string&);
CODELOOP_INSTANCE std::string std::operator+(char, std::string&&);
CODELOOP_INSTANCE std::string::basic_string(const char*, const std::allocator<char>&);
CODELOOP_INSTANCE std::string::basic_string(std::size_t, char, const std::allocator<char>&);
CODELOOP_INSTANCE class std::vector<bool>;
CODELOOP_INSTANCE class std::vector<char>;
CODELOOP_INSTANCE class std::vector<int>;
CODELOOP_INSTANCE class std::vector<long>;
CODELOOP_INSTANCE class std::vector<long long>;
CODELOOP_INSTANCE class std::vector<float>;
CODELOOP_INSTANCE class std::vector<double>;
CODELOOP_INSTANCE class std::vector<std::string>;
CODELOOP_INSTANCE class std::vector<std::vector<int>>;
CODELOOP_INSTANCE class std::vector<std::vector<std::string>>;

#define CODELOOP_VALUE(...)                                                                           \
    CODELOOP_INSTANCE void codeloop_wire::put(codeloop_wire::writer&, const __VA_ARGS__&);            \
    CODELOOP_INSTANCE void codeloop_wire::get(codeloop_wire::reader&, __VA_ARGS__&);                  \
    CODELOOP_INSTANCE void codeloop_wire::answer<__VA_ARGS__>(codeloop_wire::writer&, const __VA_ARGS__&); \
    CODELOOP_INSTANCE std::string codeloop_judge::show(const __VA_ARGS__&);                           \
    CODELOOP_INSTANCE __VA_ARGS__ codeloop_judge::ask<__VA_ARGS__>(codeloop_wire::writer&);           \
    CODELOOP_INSTANCE void codeloop_judge::truth(int, bool, const char*, const __VA_ARGS__&);         \
    CODELOOP_INSTANCE void codeloop_judge::compared(int, bool, const char*, const __VA_ARGS__&, const __VA_ARGS__&);
CODELOOP_VALUE(bool)
CODELOOP_VALUE(char)
CODELOOP_VALUE(int)
CODELOOP_VALUE(long)
CODELOOP_VALUE(long long)
CODELOOP_VALUE(float)
CODELOOP_VALUE(double)
CODELOOP_VALUE(std::string)
CODELOOP_VALUE(std::vector<int>)
CODELOOP_VALUE(std::vector<float>)
CODELOOP_VALUE(std::vector<double>)
CODELOOP_VALUE(std::vector<std::string>)
CODELOOP_VALUE(std::vector<std::vector<int>>)
CODELOOP_VALUE(std::map<std::string, int>)
CODELOOP_VALUE(std::map<char, int>)
#undef CODELOOP_VALUE
CODELOOP_INSTANCE void codeloop_judge::compared(int, bool, const char*, const char* const&, const std::string&);
CODELOOP_INSTANCE void codeloop_judge::compared(int, bool, const char*, const int&, const float&);
CODELOOP_INSTANCE void codeloop_judge::compared(int, bool, const char*, const int&, const double&);
CODELOOP_INSTANCE void codeloop_judge::compared(int, bool, const char*, const double&, const float&);
CODELOOP_INSTANCE void codeloop_judge::near(int, bool, const double&, const double&, const double&);
CODELOOP_INSTANCE void codeloop_judge::near(int, bool, const double&, const double&, const float&);
CODELOOP_INSTANCE void codeloop_judge::near(int, bool, const float&, const double&, const float&);
