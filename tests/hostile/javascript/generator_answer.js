// task: double
// outcome: wrong_answer
// attack: a generator
const double = function* (x) {
  yield 2 * x
}
