// task: double
// outcome: timeout
// attack: a regular expression that backtracks for ever
const double = (x) => /^(a+)+$/.test('a'.repeat(60) + '!')
