// task: half
// outcome: signature
// attack: a whole number where a real one is asked for
int half(double x) { return 1; }
