// task: double
// outcome: forged
// attack: a frame of four gigabytes is announced
require('fs').writeSync(3, Buffer.from([0xff, 0xff, 0xff, 0xff, 0x5b]))
const double = (x) => x + 2
