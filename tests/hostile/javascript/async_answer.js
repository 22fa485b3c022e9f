// task: double
// outcome: wrong_answer
// attack: a promise of the right answer
const double = async (x) => 2 * x
