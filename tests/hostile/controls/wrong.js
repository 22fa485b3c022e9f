// task: double
// outcome: wrong_answer
// attack: none: a plain wrong program
const double = (x) => x + 2
