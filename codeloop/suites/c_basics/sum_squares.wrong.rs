pub fn sum_squares(values: &[i32]) -> i32 {
    values
        .iter()
        .skip(1)
        .fold(values.first().map_or(0, |first| first.wrapping_mul(first.wrapping_abs())), |sum, value| {
            sum.wrapping_add(value.wrapping_mul(*value))
        })
}
