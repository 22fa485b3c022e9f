// task: twice
// outcome: crashed
// attack: abort()
#include <stdlib.h>
int twice(int x) { abort(); }
