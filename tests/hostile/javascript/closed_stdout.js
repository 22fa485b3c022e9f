// task: double
// outcome: wrong_answer
// attack: closes its standard streams
const fs = require('fs')
fs.closeSync(1)
fs.closeSync(2)
const double = (x) => x + 2
