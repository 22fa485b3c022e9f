// task: evens
// outcome: timeout or out_of_memory or exception
// attack: an array of four billion holes
const evens = (values) => new Array(4294967295)
