// task: twice
// outcome: exception
// attack: a whole number outside of the type that it is sent as
long long twice(int x) { return 4294967296ll + 2 * x; }
