// task: twice
// outcome: missing_entry_point
// attack: another name
int twofold(int x) { return 2 * x; }
