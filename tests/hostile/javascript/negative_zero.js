// task: half
// outcome: wrong_answer
// attack: infinities
const half = (x) => (x ? Infinity : -0)
