pub fn sum_squares(values: &[i32]) -> i32 {
    values.iter().fold(0i32, |sum, value| sum.wrapping_add(value.wrapping_mul(*value)))
}
