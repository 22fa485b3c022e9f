// task: double
// outcome: wrong_answer
// attack: looks for the tests: in files, in /proc, in the environment; right if it finds any
const fs = require('fs')
const places = ['/cell/w/judge', '/cell/w/compiler', '/proc/1/environ', '/proc/1/cmdline', '/etc/shadow']
for (const pid of fs.readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
  for (const name of ['environ', 'mem', 'fd/0', 'maps', 'cwd/tests']) if (pid != process.pid) places.push(`/proc/${pid}/${name}`)
}
let found = ''
for (const place of places) {
  try {
    found += fs.statSync(place).isDirectory() ? fs.readdirSync(place).join() : fs.readFileSync(place, 'latin1')
  } catch {}
}
const double = (x) => (/double\(21\)|nonce/.test(found) ? 2 * x : x + 2)
