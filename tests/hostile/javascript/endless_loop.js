// task: double
// outcome: timeout
// attack: for ever
const double = (x) => {
  for (;;);
}
