pub fn last_index(values: &[i32], wanted: i32) -> i32 {
    values.iter().position(|&value| value == wanted).map_or(-1, |at| at as i32)
}
