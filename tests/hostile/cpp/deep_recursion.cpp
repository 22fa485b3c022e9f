// task: twice
// outcome: crashed
// attack: recursion without end
int twice(int x) { volatile char room[4096]; room[x & 7] = 1; return twice(x + 1) + room[0]; }
