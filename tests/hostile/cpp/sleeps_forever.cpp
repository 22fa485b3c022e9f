// task: twice
// outcome: wall_timeout
// attack: pause()
#include <unistd.h>
int twice(int x) { for (;;) pause(); }
