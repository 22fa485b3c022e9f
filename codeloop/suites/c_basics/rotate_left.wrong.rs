pub fn rotate_left(value: u32, by: u32) -> u32 {
    (value << by) | (value as i32 >> (32 - by)) as u32
}
