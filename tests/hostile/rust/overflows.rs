// task: twice
// outcome: exception
// attack: arithmetic that overflows
fn twice(x: i32) -> i32 {
    x + i32::MAX - 1 + x.abs() + 1
}
