// task: double
// outcome: exception
// attack: opens files until there are no more
const fs = require('fs')
const double = (x) => {
  for (;;) fs.openSync('/dev/null', 'r')
}
