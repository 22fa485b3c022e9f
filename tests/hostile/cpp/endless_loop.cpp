// task: twice
// outcome: timeout
// attack: for ever
int twice(int x) { for (volatile int i = 0;; i++); }
