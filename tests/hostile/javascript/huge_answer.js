// task: double
// outcome: exception
// attack: a text of a hundred million characters
const double = (x) => 'x'.repeat(1e8)
