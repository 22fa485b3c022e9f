// task: double
// outcome: wrong_answer
// attack: Object.prototype has whatever the server might look for
for (const name of ['err', 'ok', 'seq', 'op', 'mutates', 'value', 'a', 'toString']) Object.prototype[name] = 42
const double = (x) => x + 2
