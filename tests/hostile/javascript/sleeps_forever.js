// task: double
// outcome: wall_timeout
// attack: Atomics.wait
const double = (x) => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)
