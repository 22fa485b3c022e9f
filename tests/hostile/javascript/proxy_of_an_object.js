// task: groups
// outcome: exception or wrong_answer
// attack: a proxy whose keys change with every look
let turn = 0
const groups = (words) =>
  new Proxy({}, {
    ownKeys: () => (turn++ % 2 ? ['a', 'b'] : []),
    getOwnPropertyDescriptor: () => ({ enumerable: true, configurable: true, value: ['ab'] }),
    get: () => ['ab', 'ac'],
    has: () => false
  })
