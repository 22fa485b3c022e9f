// task: double
// outcome: wrong_answer
// attack: guesses by the number of the call
let turn = 0
const double = (x) => [2, 42, 1, -6][turn++]
