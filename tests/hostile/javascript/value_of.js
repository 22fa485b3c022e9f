// task: double
// outcome: wrong_answer
// attack: an object whose valueOf and toPrimitive give the expected number
const double = (x) => ({ valueOf: () => 42, toString: () => '42', [Symbol.toPrimitive]: () => 2 * x })
