// task: twice
// outcome: crashed
// attack: a panic in a drop during a panic
struct Bomb;

impl Drop for Bomb {
    fn drop(&mut self) {
        panic!("again")
    }
}

fn twice(x: i32) -> i32 {
    let _bomb = Bomb;
    panic!("{x}")
}
