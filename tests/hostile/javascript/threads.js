// task: double
// outcome: timeout or out_of_memory or exception
// attack: a hundred threads that spin
const { Worker } = require('worker_threads')
const double = (x) => {
  for (let i = 0; i < 100; i++) new Worker('for (;;);', { eval: true })
  for (;;);
}
