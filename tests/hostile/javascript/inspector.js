// task: double
// outcome: wrong_answer
// attack: opens a debugger on itself and its parent
try {
  process.kill(process.ppid, 'SIGUSR1')
} catch {}
const { Session } = require('inspector')
const session = new Session()
session.connect()
session.post('Debugger.enable')
const double = (x) => x + 2
