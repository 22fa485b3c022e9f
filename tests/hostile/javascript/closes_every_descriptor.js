// task: double
// outcome: exited_early
// attack: closes every descriptor that it has
const fs = require('fs')
const double = (x) => {
  for (let fd = 0; fd < 64; fd++) {
    try {
      fs.closeSync(fd)
    } catch {}
  }
  return 2
}
