// task: twice
// outcome: crashed
// attack: an exception whose what() throws
#include <exception>
struct mine : std::exception { const char* what() const noexcept override { throw 1; } };
int twice(int x) { throw mine(); }
