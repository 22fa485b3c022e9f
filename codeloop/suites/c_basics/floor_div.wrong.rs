pub fn floor_div(a: i32, b: i32) -> i32 {
    a.div_euclid(b)
}

pub fn floor_mod(a: i32, b: i32) -> i32 {
    let rest = a.wrapping_rem(b);
    if rest != 0 && (rest < 0) != (b < 0) {
        rest + b
    } else {
        rest
    }
}
