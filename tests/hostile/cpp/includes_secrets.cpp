// task: twice
// outcome: types
// attack: #include of files whose text would stand in the diagnostics
#include "/etc/shadow"
#include "/proc/1/environ"
int twice(int x) { return x + 2; }
