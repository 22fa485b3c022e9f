// task: twice
// outcome: syntax
// attack: #if 0 over our end of the program
int twice(int x) { return x + 2; }
#if 0
