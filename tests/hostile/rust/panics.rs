// task: twice
// outcome: exception
// attack: a plain panic
fn twice(x: i32) -> i32 {
    panic!("no {x}")
}
