pub fn median(values: &[i32]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_unstable();
    let n = sorted.len();
    if n == 0 {
        0.0
    } else if n % 2 == 1 {
        f64::from(sorted[n / 2])
    } else {
        f64::from(sorted[n / 2 - 1].wrapping_add(sorted[n / 2]) / 2)
    }
}
