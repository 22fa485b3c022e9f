// task: twice
// outcome: syntax
// attack: a comment over our end of the program
int twice(int x) { return x + 2; }
/*
