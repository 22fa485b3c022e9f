// task: double
// outcome: missing_entry_point
// attack: the entry point is no function
const double = { call: (_, x) => 2 * x }
