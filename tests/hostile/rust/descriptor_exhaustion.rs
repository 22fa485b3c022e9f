// task: twice
// outcome: wrong_answer
// attack: opens files until it may not
fn twice(x: i32) -> i32 {
    for _ in 0..10000 {
        match std::fs::File::open("/dev/null") {
            Ok(file) => std::mem::forget(file),
            Err(_) => break,
        }
    }
    x
}
