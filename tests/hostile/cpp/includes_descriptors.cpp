// task: twice
// outcome: types or syntax or wrong_answer
// attack: #include of what the driver reads: its memory, its descriptors, its standard input
#if __has_include("/proc/self/fd/3")
#include "/proc/self/fd/3"
#endif
#if __has_include("/cell/w/judge/x")
#error found
#endif
int twice(int x) { return x + 2; }
