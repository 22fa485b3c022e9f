// task: double
// outcome: exception
// attack: connects to the outside
const double = (x) => {
  const { status } = require('child_process').spawnSync(process.execPath, ['-e', "require('net').connect(80, '1.1.1.1').on('error', () => process.exit(9))"])
  if (status === 9) throw new Error('no network')
  return 2 * x
}
