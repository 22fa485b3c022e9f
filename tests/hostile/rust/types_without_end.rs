// task: twice
// outcome: types or out_of_memory or timeout
// attack: a generic function that needs ever larger types
fn grow<T>(n: i32, value: T) -> i32 {
    if n == 0 { 0 } else { grow(n - 1, (0u8, value)) }
}

fn twice(x: i32) -> i32 {
    grow(x, ())
}
