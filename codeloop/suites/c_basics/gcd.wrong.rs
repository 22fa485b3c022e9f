pub fn gcd(a: i32, b: i32) -> u32 {
    let (mut x, mut y) = (a.abs() as u32, b.abs() as u32);
    while y != 0 {
        (x, y) = (y, x % y);
    }
    x
}
