// task: twice
// outcome: exception or timeout or out_of_memory
// attack: threads without end
fn twice(x: i32) -> i32 {
    let _ = x;
    loop {
        std::thread::spawn(|| loop {
            std::thread::sleep(std::time::Duration::from_secs(9))
        });
    }
}
