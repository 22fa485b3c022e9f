// task: twice
// outcome: wrong_answer
// attack: a function of any type
fn twice<T>(x: T) -> T {
    x
}
