// task: twice
// outcome: crashed or exception
// attack: an exception whose what() is a null pointer
#include <exception>
struct mine : std::exception { const char* what() const noexcept override { return nullptr; } };
int twice(int x) { throw mine(); }
