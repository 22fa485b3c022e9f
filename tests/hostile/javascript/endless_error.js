// task: double
// outcome: timeout
// attack: an error whose message never ends
const double = (x) => {
  throw { toJSON() { for (;;); } }
}
