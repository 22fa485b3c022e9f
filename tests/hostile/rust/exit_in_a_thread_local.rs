// task: twice
// outcome: wrong_answer or exited_early
// attack: ends the process when its thread ends: the harness ends it first or it ends early
struct Bomb;

impl Drop for Bomb {
    fn drop(&mut self) {
        std::process::exit(0)
    }
}

thread_local! {
    static BOMB: Bomb = const { Bomb };
}

fn twice(x: i32) -> i32 {
    BOMB.with(|_| x)
}
