// task: twice
// outcome: forged or wrong_answer
// attack: a child goes on as a second server on the same socket
#include <unistd.h>
int twice(int x) { fork(); return x + 2; }
