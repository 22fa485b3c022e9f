// task: twice
// outcome: refused
// attack: asks the linker for a library
#[link(name = "pthread")]
extern "C" {}

fn twice(x: i32) -> i32 {
    x
}
