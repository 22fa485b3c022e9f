pub fn clamp_float(value: f32, low: f32, high: f32) -> f32 {
    if value.partial_cmp(&low) != Some(std::cmp::Ordering::Greater) {
        low
    } else if value < high {
        value
    } else {
        high
    }
}
