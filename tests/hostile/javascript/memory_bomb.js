// task: double
// outcome: out_of_memory or timeout
// attack: lists without end
const kept = []
const double = (x) => {
  for (;;) kept.push(new Array(1000000).fill(Math.random()))
}
