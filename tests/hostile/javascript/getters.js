// task: evens
// outcome: exception
// attack: elements whose getters raise
const evens = (values) => Object.defineProperty([], 0, { get: () => { throw new Error('no') }, enumerable: true })
