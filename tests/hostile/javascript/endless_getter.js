// task: evens
// outcome: timeout
// attack: an element whose getter never returns
const evens = (values) => Object.defineProperty([], 0, { get: () => { for (;;); }, enumerable: true })
