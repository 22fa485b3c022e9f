// task: double
// outcome: wrong_answer
// attack: output that is no text, and one that clears the screen
const double = (x) => {
  process._rawDebug('\x1b[2J\x1b]0;codeloop\x07')
  require('fs').writeSync(1, Buffer.from([0xff, 0xfe, 0, 0x80]))
  return x + 2
}
