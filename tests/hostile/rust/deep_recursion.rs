// task: twice
// outcome: crashed
// attack: recursion without end
#[allow(unconditional_recursion)]
fn twice(x: i32) -> i32 {
    1 + twice((x + 1) % 7)
}
