// task: twice
// outcome: wall_timeout
// attack: SIGSTOP to itself
#include <signal.h>
int twice(int x) { raise(SIGSTOP); return 2; }
