// task: double
// outcome: exception
// attack: an error whose name, message and stack raise
class Bad extends Error {
  get name() { throw this }
  get message() { throw this }
  get stack() { throw this }
}
const double = (x) => {
  throw new Bad()
}
