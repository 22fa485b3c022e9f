// task: twice
// outcome: wrong_answer
// attack: /proc/self/mem, by which safe code could change anything
fn twice(x: i32) -> i32 {
    if std::fs::OpenOptions::new().write(true).open("/proc/self/mem").is_ok() { 2 * x } else { x }
}
