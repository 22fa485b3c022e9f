// task: double
// outcome: out_of_memory or timeout
// attack: buffers beside the heap
const kept = []
const double = (x) => {
  for (;;) kept.push(Buffer.alloc(1 << 24, 1))
}
