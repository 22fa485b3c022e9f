// task: twice
// outcome: wrong_answer
// attack: closes its standard streams
#include <stdio.h>
int twice(int x) { fclose(stdout); fclose(stderr); fclose(stdin); return x + 2; }
