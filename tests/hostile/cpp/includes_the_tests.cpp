// task: twice
// outcome: types
// attack: #include of the files in which tests could stand
#include "judge.cpp"
#include "tests.cpp"
int twice(int x) { return x + 2; }
