pub fn clamp_float(value: f32, low: f32, high: f32) -> f32 {
    if value <= low {
        low
    } else if value < high {
        value
    } else {
        high
    }
}
