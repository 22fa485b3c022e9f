// task: twice
// outcome: crashed
// attack: a null pointer
int twice(int x) { return *(volatile int*)0; }
