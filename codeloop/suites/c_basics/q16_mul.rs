pub fn q16_mul(a: i32, b: i32) -> i32 {
    let product = (i64::from(a) * i64::from(b) + 0x8000) >> 16;
    product.clamp(i64::from(i32::MIN), i64::from(i32::MAX)) as i32
}

pub fn q16_from_float(value: f32) -> i32 {
    if value.is_nan() {
        i32::MIN
    } else {
        (value * 65_536.0) as i32
    }
}
