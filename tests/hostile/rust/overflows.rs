// task: twice
// outcome: exception
// attack: arithmetic that overflows
fn twice(x: i32) -> i32 {
    x.wrapping_abs() + i32::MAX
}
