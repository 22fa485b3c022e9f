// task: double
// outcome: crashed
// attack: SIGSEGV to itself
const double = (x) => {
  process.kill(process.pid, 'SIGSEGV')
  for (;;);
}
