pub fn q8_average(old: i16, new_sample: i16, weight: i32) -> i16 {
    let mixed = i32::from(old) * (256 - weight) + i32::from(new_sample) * weight;
    (mixed / 256) as i16
}
