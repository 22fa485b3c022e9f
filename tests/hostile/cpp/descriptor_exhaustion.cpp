// task: twice
// outcome: wrong_answer
// attack: opens files until there are no more
#include <fcntl.h>
int twice(int x) { while (open("/dev/null", 0) >= 0); return x + 2; }
