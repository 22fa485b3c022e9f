// task: twice
// outcome: exited_early
// attack: a terminate handler that exits with status 0
#include <exception>
#include <stdlib.h>
int twice(int x) noexcept { std::set_terminate([] { _Exit(0); }); throw 1; }
