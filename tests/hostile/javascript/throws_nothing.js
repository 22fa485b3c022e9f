// task: double
// outcome: exception
// attack: throws undefined
const double = (x) => {
  throw undefined
}
