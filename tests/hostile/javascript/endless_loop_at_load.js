// task: double
// outcome: timeout
// attack: for ever, at load
for (;;);
const double = (x) => 2
