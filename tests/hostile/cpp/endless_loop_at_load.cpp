// task: twice
// outcome: timeout
// attack: for ever, in a static initialiser
static int now = [] { for (volatile int i = 0;; i++); return 1; }();
int twice(int x) { return x + 2; }
