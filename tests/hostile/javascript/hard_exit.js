// task: double
// outcome: exited_early
// attack: process.reallyExit, which runs no handlers
const double = (x) => process.reallyExit(0)
