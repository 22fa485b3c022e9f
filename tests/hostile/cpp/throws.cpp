// task: twice
// outcome: exception
// attack: throws an exception whose text raises the alarm bell
#include <stdexcept>
int twice(int x) { throw std::runtime_error("\033[2J\xff no \"answer\""); }
