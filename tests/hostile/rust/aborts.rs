// task: twice
// outcome: crashed
// attack: process::abort
fn twice(x: i32) -> i32 {
    std::process::abort()
}
