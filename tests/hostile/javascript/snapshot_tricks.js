// task: double
// outcome: wrong_answer
// attack: writes a snapshot and asks node for it
const { spawnSync } = require('child_process')
spawnSync(process.execPath, ['--snapshot-blob', '/opt/codeloop/candidate.blob', '--build-snapshot', __filename])
const double = (x) => x + 2
