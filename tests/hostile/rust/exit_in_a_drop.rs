// task: twice
// outcome: exited_early
// attack: ends the process when a value is dropped
struct Bomb;

impl Drop for Bomb {
    fn drop(&mut self) {
        std::process::exit(0)
    }
}

fn twice(x: i32) -> i32 {
    let _bomb = Bomb;
    x
}
