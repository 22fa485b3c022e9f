// task: twice
// outcome: types or timeout or out_of_memory
// attack: templates that are instantiated without end
template <int N> struct bomb { static const int value = bomb<N + 1>::value + bomb<N + 2>::value; };
int twice(int x) { return bomb<0>::value; }
