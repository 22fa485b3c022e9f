// task: groups
// outcome: exception
// attack: an object whose toJSON gives what is expected: the judge has a function that cannot be called
const groups = (words) => ({ toJSON: () => ({ a: ['ab', 'ac'], b: ['b'] }) })
