// task: twice
// outcome: wrong_answer
// attack: output that is no text
#include <stdio.h>
int twice(int x) { printf("\xff\xfe\x1b[2J%c", 0); return x + 2; }
