// task: twice
// outcome: output_limit
// attack: fifty megabytes of output
#include <unistd.h>
static char part[1 << 20];
int twice(int x) { for (int i = 0; i < 50; i++) write(1, part, sizeof part); return 2; }
