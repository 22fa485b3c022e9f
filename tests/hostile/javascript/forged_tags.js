// task: double
// outcome: forged
// attack: tags that the judge does not know, numbers out of turn
const fs = require('fs')
const frame = (message) => {
  const data = Buffer.from(JSON.stringify(message))
  const head = Buffer.alloc(4)
  head.writeUInt32BE(data.length)
  return Buffer.concat([head, data])
}
let seq = 1
const double = (x) => {
  fs.writeSync(3, frame({ seq: ++seq, ok: ['a', 7, [['@', 99], ['j', 0]]] }))
  return 2 * x
}
