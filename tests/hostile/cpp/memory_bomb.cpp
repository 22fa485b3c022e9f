// task: twice
// outcome: out_of_memory
// attack: memory without end, all of it touched
#include <stdlib.h>
#include <string.h>
int twice(int x) { for (;;) { void* p = malloc(1 << 24); if (p) memset(p, 1, 1 << 24); } }
