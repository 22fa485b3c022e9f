// task: twice
// outcome: signature
// attack: a function that is not run until awaited
async fn twice(x: i32) -> i32 {
    2 * x
}
