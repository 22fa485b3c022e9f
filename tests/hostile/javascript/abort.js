// task: double
// outcome: crashed
// attack: process.abort()
const double = (x) => process.abort()
