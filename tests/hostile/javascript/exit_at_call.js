// task: double
// outcome: exited_early
// attack: process.exit(0) in a call
const double = (x) => {
  process.exit(0)
}
