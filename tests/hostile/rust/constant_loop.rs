// task: twice
// outcome: types or timeout
// attack: a constant that loops
const ENDLESS: u64 = {
    let mut n = 0u64;
    while n < u64::MAX {
        n += 1;
    }
    n
};

fn twice(x: i32) -> i32 {
    x + ENDLESS as i32
}
