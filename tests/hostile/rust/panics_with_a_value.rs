// task: twice
// outcome: exception
// attack: a panic whose value panics when it is dropped
struct Bomb;

impl Drop for Bomb {
    fn drop(&mut self) {
        panic!("again")
    }
}

fn twice(x: i32) -> i32 {
    let _ = x;
    std::panic::panic_any(Bomb)
}
