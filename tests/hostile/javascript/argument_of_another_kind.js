// task: arranged
// outcome: wrong_answer
// attack: gives the argument another prototype and a length that lies
const arrange = (values) => {
  values.length = 0
  Object.setPrototypeOf(values, { toJSON: () => [1, 2, 3], every: () => true, __proto__: Array.prototype })
}
