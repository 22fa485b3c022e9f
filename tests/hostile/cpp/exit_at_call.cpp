// task: twice
// outcome: exited_early
// attack: exit(0) in a call
#include <stdlib.h>
int twice(int x) { exit(0); }
