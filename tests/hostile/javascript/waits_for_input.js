// task: double
// outcome: wrong_answer
// attack: reads its standard input, which is empty
const double = (x) => require('fs').readFileSync(0).length
