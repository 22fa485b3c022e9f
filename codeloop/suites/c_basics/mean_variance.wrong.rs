pub fn mean_variance(values: &[f64], variance: &mut f64) -> f64 {
    let (mut mean, mut squares) = (0.0, 0.0);
    for (i, value) in values.iter().enumerate() {
        let delta = value - mean;
        mean += delta / (i + 1) as f64;
        squares += delta * (value - mean);
    }
    *variance = if values.len() > 1 { squares / values.len() as f64 } else { 0.0 };
    mean
}
