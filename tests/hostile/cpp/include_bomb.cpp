// task: twice
// outcome: types or syntax
// attack: a file that includes itself
#include __FILE__
#include "/opt/codeloop/full.h"
#include "/proc/self/cwd/prog"
int twice(int x) { return x + 2; }
