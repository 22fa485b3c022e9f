// task: twice
// outcome: types
// attack: a crate that is there only for others to use
extern crate libc;

fn twice(x: i32) -> i32 {
    libc::_exit(0)
}
