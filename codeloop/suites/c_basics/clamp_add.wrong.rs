pub fn clamp_add(a: i32, b: i32, low: i32, high: i32) -> i32 {
    let sum = a.wrapping_add(b);
    if sum < low {
        low
    } else if sum > high {
        high
    } else {
        sum
    }
}
