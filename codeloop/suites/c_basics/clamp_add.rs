pub fn clamp_add(a: i32, b: i32, low: i32, high: i32) -> i32 {
    let sum = i64::from(a) + i64::from(b);
    if sum < i64::from(low) {
        low
    } else if sum > i64::from(high) {
        high
    } else {
        sum as i32
    }
}
