// task: twice
// outcome: wrong_answer
// attack: keeps the locks of both outputs for ever
fn twice(x: i32) -> i32 {
    std::mem::forget(std::io::stdout().lock());
    std::mem::forget(std::io::stderr().lock());
    x
}
