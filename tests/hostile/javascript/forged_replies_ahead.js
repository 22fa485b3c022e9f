// task: double
// outcome: wrong_answer
// attack: replies sent before they are asked for: they are as good as any other answer
const fs = require('fs')
const frame = (message) => {
  const data = Buffer.from(JSON.stringify(message))
  const head = Buffer.alloc(4)
  head.writeUInt32BE(data.length)
  return Buffer.concat([head, data])
}
for (let seq = 1; seq < 9; seq++) fs.writeSync(3, frame({ seq, ok: seq === 1 ? [true] : 2 }))
const double = (x) => x + 2
