// task: evens
// outcome: exception
// attack: a list that contains itself
const evens = (values) => {
  const found = [2]
  found.push(found)
  return found
}
