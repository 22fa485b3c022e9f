// task: twice
// outcome: wrong_answer or exited_early or types or syntax
// attack: return, if and while as macros, which reach our end of the program and do no good there
#define while if
int twice(int x) { return x + 2; }
