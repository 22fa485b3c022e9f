// task: double
// outcome: wrong_answer
// attack: a detached child that means to live on
const { spawn } = require('child_process')
spawn('/bin/sh', ['-c', 'trap "" TERM HUP INT; sleep 1000'], { detached: true, stdio: 'ignore' }).unref()
const double = (x) => x + 2
