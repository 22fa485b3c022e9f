// task: twice
// outcome: refused
// attack: calls of the C library
extern "C" {
    fn _exit(status: i32) -> !;
}

fn twice(x: i32) -> i32 {
    let _ = x;
    unsafe { _exit(0) }
}
