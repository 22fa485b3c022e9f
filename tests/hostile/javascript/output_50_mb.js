// task: double
// outcome: output_limit
// attack: fifty megabytes of output
const double = (x) => {
  const part = 'x'.repeat(1 << 20)
  for (let i = 0; i < 50; i++) require('fs').writeSync(1, part)
  return 2
}
