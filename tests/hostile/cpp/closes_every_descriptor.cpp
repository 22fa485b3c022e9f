// task: twice
// outcome: exited_early
// attack: closes every descriptor
#include <unistd.h>
int twice(int x) { for (int fd = 0; fd < 64; fd++) close(fd); return 2; }
