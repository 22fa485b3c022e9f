// task: twice
// outcome: crashed
// attack: a division by zero
int twice(int x) { volatile int zero = 0; return x / zero; }
