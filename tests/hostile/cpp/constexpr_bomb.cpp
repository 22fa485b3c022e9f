// task: twice
// outcome: types or timeout or out_of_memory
// attack: a constant expression that takes for ever
constexpr int bomb(int n) { return n < 2 ? n : bomb(n - 1) + bomb(n - 2); }
constexpr int big = bomb(60);
int twice(int x) { return big; }
