pub fn rotate_array(values: &mut [i32], by: i32) {
    if !values.is_empty() {
        let places = i64::from(by).rem_euclid(values.len() as i64);
        values.rotate_right(places as usize);
    }
}
