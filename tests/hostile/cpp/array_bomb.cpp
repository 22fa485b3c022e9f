// task: twice
// outcome: types or timeout or out_of_memory or wrong_answer
// attack: a gigabyte of initialised data, which the compiler would have to write
static int room[300000000] = {1};
int twice(int x) { return room[x & 1] + 5; }
