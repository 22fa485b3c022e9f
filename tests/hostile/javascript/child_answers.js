// task: double
// outcome: forged
// attack: a child that inherits the socket answers for it
const { spawnSync } = require('child_process')
const double = (x) => {
  spawnSync('/bin/sh', ['-c', 'printf "\\0\\0\\0\\017{\\"seq\\":2,\\"ok\\":2}" >&3'], { stdio: [0, 1, 2, 3] })
  return 2 * x
}
