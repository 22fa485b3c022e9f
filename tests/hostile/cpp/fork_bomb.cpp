// task: twice
// outcome: timeout or wall_timeout or wrong_answer
// attack: children that make children
#include <unistd.h>
int twice(int x) { for (;;) fork(); }
