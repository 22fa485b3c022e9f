// task: twice
// outcome: exited_early
// attack: SIGKILL to itself
#include <signal.h>
int twice(int x) { raise(SIGKILL); return 2; }
