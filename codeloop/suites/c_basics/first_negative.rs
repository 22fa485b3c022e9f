pub fn first_negative(values: &[i32]) -> i32 {
    values.iter().copied().find(|&value| value < 0).unwrap_or(0)
}
