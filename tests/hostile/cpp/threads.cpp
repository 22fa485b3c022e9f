// task: twice
// outcome: timeout or exception or crashed
// attack: threads that spin, until there are no more
#include <thread>
int twice(int x) { for (int i = 0; i < 200; i++) std::thread([] { for (volatile int i = 0;; i++); }).detach(); for (volatile int i = 0;; i++); }
