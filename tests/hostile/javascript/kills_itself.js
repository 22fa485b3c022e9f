// task: double
// outcome: exited_early
// attack: SIGKILL to itself
const double = (x) => {
  process.kill(process.pid, 'SIGKILL')
  for (;;);
}
