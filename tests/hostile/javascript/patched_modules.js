// task: double
// outcome: forged
// attack: the modules that the server uses, replaced
const fs = require('fs')
const real = fs.writeSync
fs.writeSync = (fd, data, ...rest) => real(fd, data, ...rest)
require('vm').compileFunction = () => () => ({ double: (x) => 2 * x })
Buffer.prototype.readUInt32BE = function () { return this[3] }
Array.prototype.map = function () { return [] }
const double = (x) => x + 2
