// task: twice
// outcome: timeout or exception or out_of_memory or wall_timeout or wrong_answer
// attack: starts itself again and again; each child runs the tests, which start children
fn twice(x: i32) -> i32 {
    for _ in 0..100 {
        let _ = std::process::Command::new("/proc/self/exe").spawn();
    }
    x
}
