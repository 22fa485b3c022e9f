// task: double
// outcome: crashed or exited_early
// attack: closes every descriptor that it has, those of the event loop included
const fs = require('fs')
const double = (x) => {
  for (let fd = 0; fd < 64; fd++) {
    try {
      fs.closeSync(fd)
    } catch {}
  }
  return 2
}
