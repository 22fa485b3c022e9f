pub fn midpoint(a: i32, b: i32) -> i32 {
    ((i64::from(a) + i64::from(b)) >> 1) as i32
}
