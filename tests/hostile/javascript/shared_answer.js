// task: evens
// outcome: wrong_answer
// attack: a list of two to the power of forty elements, all one
const evens = (values) => {
  let found = [0]
  for (let i = 0; i < 12; i++) found = [found, found]
  return found
}
