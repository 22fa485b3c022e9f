pub fn first_negative(values: &[i32]) -> i32 {
    values.iter().copied().min().unwrap_or(0)
}
