// task: twice
// outcome: timeout
// attack: loops
fn twice(x: i32) -> i32 {
    let mut n = x;
    loop {
        n = n.wrapping_mul(3);
    }
}
