// task: double
// outcome: exception or wrong_answer
// attack: fills every place that it can write to
const fs = require('fs')
const double = (x) => {
  for (const folder of ['.', '/tmp', '/dev/shm', '/var/tmp']) {
    for (let i = 0; i < 9; i++) {
      try {
        fs.writeFileSync(`${folder}/${i}`, Buffer.alloc(1 << 26))
      } catch {}
    }
  }
  return x + 2
}
