// task: twice
// outcome: wrong_answer
// attack: none: a plain wrong program
int twice(int x) { return x + 2; }
