// task: twice
// outcome: wrong_answer or crashed or exited_early or timeout
// attack: jumps out of one call into another
#include <setjmp.h>
static jmp_buf place;
static int turn;
int twice(int x) { if (turn++ == 0 && setjmp(place) == 0) return 2; if (turn > 1) longjmp(place, 1); return 5; }
