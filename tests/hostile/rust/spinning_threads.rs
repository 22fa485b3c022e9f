// task: twice
// outcome: timeout
// attack: threads that spin while the case waits
fn twice(x: i32) -> i32 {
    for _ in 0..8 {
        std::thread::spawn(|| loop {
            std::hint::spin_loop()
        });
    }
    loop {
        std::thread::sleep(std::time::Duration::from_secs(x.unsigned_abs() as u64))
    }
}
