// task: twice
// outcome: wrong_answer
// attack: leaves a thread that spins
fn twice(x: i32) -> i32 {
    std::thread::spawn(|| loop {
        std::hint::spin_loop()
    });
    x
}
