// task: double
// outcome: exception
// attack: throws what the judge says of the dead
const double = (x) => {
  throw new Error('process exited')
}
