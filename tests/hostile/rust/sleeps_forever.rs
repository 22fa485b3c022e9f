// task: twice
// outcome: wall_timeout
// attack: sleeps
fn twice(x: i32) -> i32 {
    std::thread::sleep(std::time::Duration::from_secs(3600));
    x
}
