// task: twice
// outcome: types
// attack: extern crate of the harness
extern crate codeloop_verdict;

fn twice(x: i32) -> i32 {
    codeloop_verdict::plan(&[]);
    x
}
