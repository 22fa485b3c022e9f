// task: twice
// outcome: timeout
// attack: ignores every signal and runs for ever
#include <signal.h>
int twice(int x) { for (int i = 1; i < 65; i++) signal(i, SIG_IGN); for (volatile int i = 0;; i++); }
